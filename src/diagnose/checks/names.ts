// S3, S4: names resolve to the sidecar or not at all, and a denied host is denied on every way in.
import { type Check, fail, pass, warn } from '../check.js';
import type { ProbeAction, ProbeObservation } from '../probe/protocol.js';

const timeoutMs = 3_000;
/** RFC 2606 reserves `.example`: no policy can allow it by accident and nothing answers there. */
const deniedHost = 'denied.tradebox.example';

const outcomeOf = (observations: readonly ProbeObservation[], id: string) =>
  observations.find((observation) => observation.id === id);

export const namesCheck: Check = {
  id: 'names',
  proves: 'allowed names resolve to the sidecar, others to nothing',
  invariants: ['S3'],
  async run({ box, nameServers: now }) {
    const observations = await box.probe([
      { do: 'dns', id: 'allowed', name: box.echo.host, timeoutMs },
      { do: 'dns', id: 'allowed-direct', name: box.echo.host, server: box.sidecarAddress, timeoutMs },
      { do: 'dns', id: 'denied', name: deniedHost, timeoutMs },
      { do: 'dns', id: 'tunnel', name: `${'a'.repeat(60)}.${deniedHost}`, timeoutMs },
    ]);
    for (const id of ['allowed', 'allowed-direct']) {
      const seen = outcomeOf(observations, id);
      if (seen?.do !== 'dns' || seen.addresses.join() !== box.sidecarAddress) {
        return fail(
          `${box.echo.host} resolved to ${seen?.do === 'dns' ? seen.addresses.join() || seen.detail : 'nothing'}`,
          'The box does not use the sidecar as its resolver: run `tradebox reset`.',
        );
      }
    }
    for (const id of ['denied', 'tunnel']) {
      const seen = outcomeOf(observations, id);
      if (seen?.do !== 'dns' || seen.outcome !== 'failed')
        return fail('a denied name resolved', 'Stop the box and report this.');
    }
    const { nameServers: then } = await box.status();
    if (now !== undefined && then !== undefined && now.join() !== then.join()) {
      return warn(
        `the sidecar asks the name servers of its start, ${then.join(', ')}; this machine's are ${now.join(', ')}`,
        `Run \`tradebox restart ${box.name}\` if upstream names do not resolve.`,
      );
    }
    return pass(`${box.echo.host} → ${box.sidecarAddress}; denied names → no answer`);
  },
};

export const deniedHostCheck: Check = {
  id: 'denied-host',
  proves: 'a host that no rule names is refused by CONNECT and by transparent TLS',
  invariants: ['S4'],
  async run({ box }) {
    const { ca } = await box.status();
    const request = {
      do: 'https',
      host: deniedHost,
      port: 443,
      path: '/',
      method: 'GET',
      headers: {},
      ca,
      timeoutMs,
    } as const;
    const plan: ProbeAction[] = [
      { ...request, id: 'CONNECT', proxy: { host: box.sidecarAddress, port: box.connectPort } },
      { ...request, id: 'transparent TLS', address: box.sidecarAddress },
    ];
    const observations = await box.probe(plan);
    const through = observations.filter((seen) => 'outcome' in seen && seen.outcome !== 'failed');
    if (observations.length !== plan.length)
      return fail('the probe did not answer', 'Run `tradebox diagnose` again.');
    return through.length === 0
      ? pass(observations.map((seen) => `${seen.id}: ${'detail' in seen ? seen.detail : ''}`).join('; '))
      : fail(
          `answered through ${through.map((seen) => seen.id).join(', ')}`,
          'Stop the box and report this.',
        );
  },
};
