// Finds the files of profiles: those of the package, and the user's own in `~/.config/tradebox/profiles/`. Reads none of them.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { HostEnvironment, Paths } from '../config/paths.js';
import { TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';

/** Of a profile and of its file. */
export const profileNamePattern = /^[a-z][a-z0-9-]{0,30}$/;

export interface ProfilePlaces {
  env: HostEnvironment;
  paths: Paths;
  /** Directory of the package's own profiles; for tests. */
  builtInDir?: string;
}

/** The profiles that ship with tradebox: beside `src/` in a checkout, beside `dist/` in the package. */
export const builtInProfilesDir = join(packageRoot, 'profiles');

export interface FoundProfile {
  name: string;
  file: string;
  isBuiltIn: boolean;
}

/** One profile's file. Throws PROFILE_UNKNOWN with the nearest name. */
export function findProfile(name: string, places: ProfilePlaces): FoundProfile {
  const found = findProfiles(places);
  const entry = found.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const names = found.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw new TradeboxError('PROFILE_UNKNOWN', `there is no profile "${name.slice(0, 60)}"`, {
    remedy:
      near === undefined
        ? `Choose one of: ${names.join(', ')}`
        : `Did you mean ${near}? See: tradebox profiles`,
  });
}

/** Every profile's file, the package's first, each group by name. Throws PROFILE_INVALID when two have one name. */
export function findProfiles({ paths, builtInDir = builtInProfilesDir }: ProfilePlaces): FoundProfile[] {
  const builtIn = listYaml(builtInDir).map((file) => ({ ...file, isBuiltIn: true }));
  const own = listYaml(paths.profilesDir).map((file) => ({ ...file, isBuiltIn: false }));
  const clash = own.find(({ name }) => builtIn.some((other) => other.name === name));
  if (clash !== undefined) {
    throw new TradeboxError('PROFILE_INVALID', `${clash.file} has the name of a built-in profile`, {
      remedy: 'Rename the file, and the name inside it.',
    });
  }
  return [...builtIn, ...own];
}

function listYaml(dir: string): { name: string; file: string }[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ name: basename(file, '.yaml'), file: join(dir, file) }))
    .filter(({ name }) => profileNamePattern.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
