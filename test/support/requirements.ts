// What a test needs of the machine, probed once: absent → skipped with the reason, or failed where TRADEBOX_REQUIRE demands it.
import { execFileSync } from 'node:child_process';
import { type IsolationId, isolationIds } from '../../src/core/isolation.js';
import { gvisorRuntimes } from '../../src/sandbox/isolation/gvisor.js';
import { kataRuntimes } from '../../src/sandbox/isolation/kata.js';

/** Things outside the repository that some tests cannot do without. */
export const requirements = {
  /** A Docker Engine that answers the docker CLI. */
  docker: () => run('docker', ['version', '--format', '{{.Server.Version}}']),
  /** The isolation levels, as `tradebox run --isolation` names them. */
  container: () => run('docker', ['version', '--format', '{{.Server.Version}}']),
  gvisor: bootGvisor,
  kata: () => {
    const listed = run('docker', ['info', '--format', '{{json .Runtimes}}']);
    const runtime = kataRuntimes.find((name) => name in JSON.parse(listed));
    if (runtime === undefined) throw new Error('the engine has no runtime of Kata Containers');
    return runtime;
  },
  /** QEMU comes in an image that is made of this system's own packages at first use, and runs without the processor's help. */
  vm: () => {
    if (process.arch !== 'x64') throw new Error(`machines are x86-64, not ${process.arch}`);
    return run('docker', ['version', '--format', '{{.Server.Arch}}']);
  },
  /** Podman's program, whose service only root may start without a session of its own. */
  podman: () => {
    if (process.getuid?.() !== 0) throw new Error('the test of Podman starts its service as root');
    return run('podman', ['version', '--format', '{{.Client.Version}}']);
  },
  /** The programs of engines that an ordinary user runs; whether they run here shows when they start. */
  'rootless-podman': () => rootlessPrograms('podman'),
  'rootless-docker': () => rootlessPrograms('rootlesskit', 'dockerd'),
  /** The npm registry of the user's own configuration: profile images install their agents from it. */
  registry: () =>
    run('npm', ['view', '--fetch-retries=0', '--fetch-timeout=15000', 'ccxt@4.5.84', 'version']),
  /** openssl, which makes the throwaway authorities of the test endpoints. */
  openssl: () => run('openssl', ['version']),
} satisfies Record<string, () => string>;

export type Requirement = keyof typeof requirements;

const outcomes = new Map<Requirement, string | undefined>();

/** The level of boxes whose test names none: `container`, or what TRADEBOX_LEVEL says. Throws on a name that is none. */
export function suiteLevel(name = process.env.TRADEBOX_LEVEL || 'container'): IsolationId {
  const level = isolationIds.find((id) => id === name);
  if (level === undefined)
    throw new Error(`TRADEBOX_LEVEL names "${name}"; there are: ${isolationIds.join(', ')}`);
  return level;
}

/** Why the requirement is not met, or undefined when it is. */
export function missing(requirement: Requirement): string | undefined {
  if (!outcomes.has(requirement)) outcomes.set(requirement, probe(requirement));
  return outcomes.get(requirement);
}

/** Requirements that TRADEBOX_REQUIRE names, comma-separated. Throws on a name that does not exist: a typo must not pass. */
export function demanded(variable = process.env.TRADEBOX_REQUIRE ?? ''): Set<Requirement> {
  const names = variable.split(',').flatMap((name) => name.trim() || []);
  for (const name of names) {
    if (!(name in requirements)) {
      throw new Error(`TRADEBOX_REQUIRE names "${name}"; there are: ${Object.keys(requirements).join(', ')}`);
    }
  }
  return new Set(names as Requirement[]);
}

/**
 * The reason to skip, or undefined to run. Throws where TRADEBOX_REQUIRE demands what is missing: there a skip is a failure.
 * Use as `describe.skipIf(skipReason('docker'))`.
 */
export function skipReason(...needed: Requirement[]): string | undefined {
  const required = demanded();
  for (const requirement of needed) {
    const reason = missing(requirement);
    if (reason === undefined) continue;
    const text = `${requirement} is missing: ${reason}`;
    if (required.has(requirement)) throw new Error(`${text} (TRADEBOX_REQUIRE demands it)`);
    return text;
  }
  return undefined;
}

/** The same for a test that makes boxes: the engine, and the suite's level. */
export const boxSkipReason = (...more: Requirement[]): string | undefined =>
  skipReason('docker', suiteLevel(), ...more);

function probe(requirement: Requirement): string | undefined {
  try {
    const answer = requirements[requirement]();
    return answer.trim() === '' ? 'it answered nothing' : undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.split('\n').slice(0, 2).join(' ');
  }
}

/** A registered runtime counts when it starts a container; before there is any image of ours, its name is believed. */
function bootGvisor(): string {
  const listed = run('docker', ['info', '--format', '{{json .Runtimes}}']);
  const runtime = gvisorRuntimes.find((name) => name in JSON.parse(listed));
  if (runtime === undefined) throw new Error(`the engine has no runtime ${gvisorRuntimes.join(' or ')}`);
  const image = run('docker', ['images', '--quiet', 'tradebox/base']).split('\n')[0] ?? '';
  if (image === '') return runtime;
  return run('docker', ['run', '--rm', '--runtime', runtime, '--entrypoint', 'cat', image, '/proc/version']);
}

/** Where each of an engine's programs is; a test makes the engine's user, which takes root. */
function rootlessPrograms(...programs: readonly string[]): string {
  if (process.getuid?.() !== 0) throw new Error('the test of engines without root makes their user as root');
  const needed = [...programs, 'newuidmap', 'slirp4netns', 'runc'];
  return needed
    .map((program) => run('sh', ['-c', `command -v ${program} || { echo no ${program} >&2; false; }`]))
    .join('');
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
