// S1, S5: the real value is put in on the way out. The echo venue answers with a digest of what it received.
import { z } from 'zod';
import { type Check, fail, pass } from '../check.js';

const echoSchema = z.object({ received: z.record(z.string(), z.string()) });

export const substitutionCheck: Check = {
  id: 'substitution',
  proves: 'a request made with the decoy arrives with the real credential, by both ways in',
  invariants: ['S1', 'S5'],
  async run({ box }) {
    const { ca } = await box.status();
    const request = {
      do: 'https',
      host: box.echo.host,
      port: 443,
      path: '/',
      method: 'GET',
      headers: { [box.echo.headerName]: box.echo.headerPrefix + box.echo.decoy },
      ca,
      timeoutMs: 5_000,
    } as const;
    const observations = await box.probe([
      { ...request, id: 'transparent TLS' },
      { ...request, id: 'CONNECT', proxy: { host: box.sidecarAddress, port: box.connectPort } },
    ]);
    for (const seen of observations) {
      if (seen.do !== 'https' || seen.status !== 200)
        return fail(
          `${seen.id}: ${seen.do === 'https' ? `${seen.status} ${seen.detail}` : 'no answer'}`,
          'Run `tradebox audit show` to see which rule refused it.',
        );
      const received = echoSchema.parse(JSON.parse(seen.body)).received[box.echo.headerName];
      if (received !== box.echoExpectedSha256)
        return fail(
          `${seen.id}: the echo venue did not receive the real credential`,
          'Run `tradebox restart` for the box.',
        );
    }
    return observations.length === 2
      ? pass('both ways in: decoy sent, digest of the real credential received')
      : fail('the probe did not answer', 'Run `tradebox diagnose` again.');
  },
};
