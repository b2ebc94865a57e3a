// Where a path lies: inside the working directory or not, and how it is shown to people.
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { TradeboxError } from '../core/errors.js';

/** True when the path, followed through links, is the directory or lies below it. Neither needs to exist. */
export function isInside(dir: string, path: string): boolean {
  const way = relative(realPath(dir), realPath(path));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

/** Throws CONFIG_INVALID when a path that decides something lies in the agent's working directory (S9). */
export function assertOutside(workdir: string, path: string, what: string): void {
  if (!isInside(workdir, path)) return;
  throw new TradeboxError(
    'CONFIG_INVALID',
    `${what} ${path} lies inside the working directory, where the agent can change it (S9)`,
    {
      remedy: 'Move it out of the working directory, or choose another working directory.',
    },
  );
}

/** A path with links resolved as far as it exists. */
export function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(realPath(parent), basename(whole));
  }
}

/** `~/…` as an absolute path. */
export function expandHome(path: string, home: string): string {
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

/** An absolute path with the home directory as `~`. */
export function shortenHome(path: string, home: string): string {
  return path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}
