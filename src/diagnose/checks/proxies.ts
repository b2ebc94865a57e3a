// Which way out the agent's processes really take, with the proxy variables each has now: seen by where the sidecar met a name that
// nobody allowed. Reading the variables alone would prove nothing.
import { randomBytes } from 'node:crypto';
import { type BoxUnderTest, type Check, fail, pass } from '../check.js';

/** Names of the variables that clients follow. */
const variables = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY'] as const;
const cleared = [...variables, 'NO_PROXY', 'no_proxy'];

/** How each runtime asks; the URL follows. Exit 0 only when somebody answered. */
const runtimes = {
  node: [
    'node',
    '-e',
    'fetch(process.argv[1], { signal: AbortSignal.timeout(4000) }).catch(() => process.exit(1))',
  ],
  python3: [
    'python3',
    '-c',
    'import sys, urllib.request, urllib.error\ntry:\n urllib.request.urlopen(sys.argv[1], timeout=4)\nexcept urllib.error.HTTPError:\n pass',
  ],
  curl: ['curl', '-sS', '-m', '4', '-o', '/dev/null'],
} as const;
type Runtime = keyof typeof runtimes;

/** Different settings tried; an agent may have as many processes as it likes. */
const mostSettings = 3;

export const proxiesCheck: Check = {
  id: 'proxies',
  proves: 'whatever proxy the agent set for itself, its processes reach the sidecar or nothing',
  invariants: ['S3'],
  async run({ box }) {
    const [seen] = await box.probe([{ do: 'processes', id: 'processes' }]);
    if (seen?.do !== 'processes') return fail('no process could be read', 'Run `tradebox diagnose` again.');
    const ours = `http://${box.sidecarAddress}:${box.connectPort}`;
    const settings = new Map<string, Record<string, string>>();
    for (const { environment } of seen.processes) {
      if (Object.keys(environment).length === 0) continue;
      const own = Object.fromEntries(
        variables.flatMap((name) => (name in environment ? [[name, environment[name] ?? '']] : [])),
      );
      settings.set(JSON.stringify(own), own);
    }
    const told: string[] = [];
    for (const own of [...settings.values()].slice(0, mostSettings)) {
      const label = nameOf(own, ours);
      const ways = await Promise.all(
        (Object.keys(runtimes) as Runtime[]).map((runtime) => wayOf(box, runtime, own)),
      );
      const open = ways.find((one) => one?.isAnswered === true);
      if (open !== undefined)
        return fail(
          `${label}: ${open.runtime} got an answer from a name that nobody allowed`,
          'Run `tradebox reset` for the box.',
        );
      const shown = ways.flatMap((one) => (one === undefined ? [] : [`${one.runtime} ${one.way}`]));
      if (shown.length > 0) told.push(`${label}: ${shown.join(', ')}`);
    }
    const rest = settings.size - Math.min(settings.size, mostSettings);
    return told.length === 0
      ? fail('no process with a known runtime could be tried', 'Run `tradebox diagnose` again.')
      : pass(`${told.join('; ')}${rest > 0 ? `; ${rest} more settings` : ''}`);
  },
};

function nameOf(own: Record<string, string>, ours: string): string {
  const proxies = [...new Set(variables.slice(0, 4).flatMap((name) => own[name] ?? []))];
  if (proxies.length === 0) return 'no proxy set';
  if (proxies.every((one) => one === ours)) return "the box's proxy set";
  return `a proxy of its own set (${proxies
    .join(' ')
    .replace(/[^\x21-\x7e ]/g, '?')
    .slice(0, 80)})`;
}

async function wayOf(
  box: BoxUnderTest,
  runtime: Runtime,
  own: Record<string, string>,
): Promise<{ runtime: Runtime; way: string; isAnswered: boolean } | undefined> {
  const where = await box.exec(['sh', '-c', `command -v ${runtime}`]);
  if (where.exitCode !== 0) return undefined;
  const changes = [
    ...cleared.flatMap((name) => ['-u', name]),
    ...Object.entries(own).map(([name, value]) => `${name}=${value}`),
  ];
  return { runtime, ...(await askWay(box, runtimes[runtime], changes)) };
}

/** Where the sidecar met what a command asks a name for that nobody allowed, with these words for env(1) before it. */
export async function askWay(
  box: BoxUnderTest,
  command: readonly string[],
  changes: readonly string[],
): Promise<{ way: string; isAnswered: boolean }> {
  const host = `way-${randomBytes(6).toString('hex')}.invalid`;
  const { exitCode } = await box.exec(['env', ...changes, ...command, `https://${host}/`]);
  const met = await box.met(host);
  const way = met.includes('connect') ? 'by the proxy' : met.includes('dns') ? 'by name' : 'nowhere';
  return { way, isAnswered: exitCode === 0 };
}
