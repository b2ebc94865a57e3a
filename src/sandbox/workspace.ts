// Which directory may become the agent's /workspace. S9, S13: nothing that decides about the box lies in it.
import { readdirSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { realPath, shortenHome } from '../config/locations.js';
import { messageOf, TradeboxError } from '../core/errors.js';

export interface WorkspaceRules {
  home: string;
  configDir: string;
  stateDir: string;
}

/** Our own configuration: in the working directory the agent could write it. */
const refusedFiles = new Set(['tradebox.yaml', 'tradebox.yml', 'guardrails.yaml', 'guardrails.yml']);
/** The machine's own places: system files, devices, sockets of services. */
const systemDirs = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib',
  '/var/run',
];

/** The directory, absolute, links resolved. Throws WORKDIR_INVALID with the rule that it breaks. */
export function checkWorkdir(path: string, rules: WorkspaceRules): string {
  const shown = shortenHome(path, rules.home);
  if (!statOf(path, shown).isDirectory()) {
    throw refusal(`${shown} is not a directory`, 'Name the directory that the agent shall work in.');
  }
  const dir = realPath(path);
  const home = realPath(rules.home);
  const own = 'Make a directory for the agent, for example ~/strategy, and name that.';
  if (dir === '/') throw refusal("the whole file system can't be the working directory", own);
  if (contains(dir, home)) {
    throw refusal(`${shown} is your home directory or holds it, with everything the agent must not see`, own);
  }
  for (const [name, place] of [
    ['configuration', realPath(rules.configDir)],
    ['state', realPath(rules.stateDir)],
  ] as const) {
    if (!contains(dir, place) && !contains(place, dir)) continue;
    const how = contains(dir, place) ? 'holds' : 'lies in';
    throw refusal(
      `${shown} ${how} tradebox's own ${name} directory ${shortenHome(place, rules.home)} (S9)`,
      own,
    );
  }
  const system = systemDirs.find((place) => contains(realPath(place), dir));
  if (system !== undefined) throw refusal(`${shown} belongs to the system (${system})`, own);
  for (const file of listOf(dir, shown)) {
    if (!refusedFiles.has(file)) continue;
    throw refusal(
      `${shown} holds ${file}: configuration inside the working directory could be changed by the agent (S9)`,
      `Move ${file} beside the directory or into ${shortenHome(rules.configDir, rules.home)}.`,
    );
  }
  return dir;
}

/** True when `inner` is `outer` or lies below it; both resolved. */
function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function statOf(path: string, shown: string): Stats {
  try {
    return statSync(path);
  } catch (thrown) {
    throw refusal(
      `the working directory ${shown} does not exist or can't be opened`,
      'Create it, or name another.',
      thrown,
    );
  }
}

function listOf(dir: string, shown: string): string[] {
  try {
    return readdirSync(dir);
  } catch (thrown) {
    throw refusal(
      `${shown} can't be read (${messageOf(thrown)})`,
      'Mend its permissions, or name another.',
      thrown,
    );
  }
}

function refusal(message: string, remedy: string, cause?: unknown): TradeboxError {
  return new TradeboxError('WORKDIR_INVALID', message, cause === undefined ? { remedy } : { remedy, cause });
}
