// Each runtime present in the box does real TLS through the sidecar and verifies it. Reading variables would prove nothing.
import { type BoxUnderTest, type Check, fail, pass } from '../check.js';

/** How each runtime asks for the echo page; `$1` is its URL. Exit 0 only after a verified TLS exchange. */
const runtimes = {
  node: [
    'node',
    '-e',
    'fetch(process.argv[1]).then((r) => r.text()).catch((e) => { console.error(e.cause ?? e); process.exit(1); })',
  ],
  python3: [
    'python3',
    '-c',
    'import sys, urllib.request, urllib.error\ntry:\n urllib.request.urlopen(sys.argv[1])\nexcept urllib.error.HTTPError:\n pass',
  ],
  curl: ['curl', '-sS', '-o', '/dev/null'],
  git: ['git', 'ls-remote'],
} as const;

type Runtime = keyof typeof runtimes;

/** `git` cannot list an echo page; it fails after TLS, and says so. */
const provesTls = (runtime: Runtime, outcome: { exitCode: number; stderr: string }): boolean =>
  outcome.exitCode === 0 ||
  (runtime === 'git' &&
    /not found|not valid|unable to access.*returned error: [34]\d\d/i.test(outcome.stderr) &&
    !/certificate/i.test(outcome.stderr));

export const trustCheck: Check = {
  id: 'trust',
  proves: 'every runtime in the box verifies TLS through the sidecar without settings of its own',
  invariants: ['S5'],
  async run({ box }) {
    const url = `https://${box.echo.host}/`;
    const results = await Promise.all(
      (Object.keys(runtimes) as Runtime[]).map((runtime) => tryRuntime(box, runtime, url)),
    );
    const present = results.filter((result) => result.present);
    const broken = present.filter((result) => !result.ok);
    if (present.length === 0)
      return fail('no known runtime is in the box', 'Use a profile with node, python3, curl or git.');
    return broken.length === 0
      ? pass(`${present.map(({ runtime }) => runtime).join(', ')}: verified`)
      : fail(
          broken.map(({ runtime, detail }) => `${runtime}: ${detail}`).join('; '),
          'Run `tradebox restart` for the box; the certificate may be of an older sidecar.',
        );
  },
};

async function tryRuntime(
  box: BoxUnderTest,
  runtime: Runtime,
  url: string,
): Promise<{ runtime: Runtime; present: boolean; ok: boolean; detail: string }> {
  const where = await box.exec(['sh', '-c', `command -v ${runtime}`]);
  if (where.exitCode !== 0) return { runtime, present: false, ok: false, detail: '' };
  // Where QEMU translates, four runtimes that start at once take their time.
  const outcome = await box.exec([...runtimes[runtime], url], box.isolation === 'vm' ? 60_000 : 20_000);
  return {
    runtime,
    present: true,
    ok: provesTls(runtime, outcome),
    detail: outcome.stderr.trim().slice(0, 200),
  };
}
