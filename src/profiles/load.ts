// Finds and reads profiles: those of the package, and the user's own in `~/.config/tradebox/profiles/`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assertOutside, shortenHome } from '../config/locations.js';
import { packageRoot } from '../config/package-root.js';
import type { HostEnvironment, Paths } from '../config/paths.js';
import { assertPrivateDir, assertUnwritableByOthers } from '../config/private-files.js';
import { parseYamlDocument } from '../config/yaml.js';
import { TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { HostRule } from '../sidecar/settings.js';
import { type ProfileDocument, profileNamePattern, profileSchema } from './schema.js';

/** A profile, checked. `hosts` carry their origin, `profile <name>:<line>`. */
export interface Profile extends Omit<ProfileDocument, 'hosts'> {
  hosts: readonly HostRule[];
  /** The file it was read from, absolute. */
  file: string;
  isBuiltIn: boolean;
}

export interface ProfilePlaces {
  env: HostEnvironment;
  paths: Paths;
  /** Directory of the package's own profiles; for tests. */
  builtInDir?: string;
}

/** The profiles that ship with tradebox: beside `src/` in a checkout, beside `dist/` in the package. */
export const builtInProfilesDir = join(packageRoot, 'profiles');

/**
 * One profile by name. `workdir` is the box's working directory, where no profile may lie (S9).
 * Throws PROFILE_UNKNOWN with the nearest name, PROFILE_INVALID (`file:line:column: message`), CONFIG_MODE_LOOSE.
 */
export function loadProfile(name: string, places: ProfilePlaces, workdir?: string): Profile {
  const found = findProfiles(places);
  const entry = found.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const names = found.map((candidate) => candidate.name);
    const near = nearest(name, names);
    throw new TradeboxError('PROFILE_UNKNOWN', `there is no profile "${name.slice(0, 60)}"`, {
      remedy:
        near === undefined
          ? `Choose one of: ${names.join(', ')}`
          : `Did you mean ${near}? See: tradebox profiles`,
    });
  }
  if (workdir !== undefined) assertOutside(workdir, entry.file, 'the profile');
  return readProfile(entry, places);
}

/** Every profile, the package's first, each group by name. Throws PROFILE_INVALID, CONFIG_MODE_LOOSE. */
export function loadProfiles(places: ProfilePlaces): Profile[] {
  return findProfiles(places).map((entry) => readProfile(entry, places));
}

/**
 * The command line of the agent: the profile's command with the given words, or what the profile runs without any.
 * Words that begin with the command's own program are the whole command line.
 */
export function agentCommand(
  profile: Pick<Profile, 'command' | 'withoutArgs'>,
  rest: readonly string[] | undefined,
): string[] {
  if (rest === undefined) return [...(profile.withoutArgs ?? profile.command)];
  return rest[0] === profile.command[0] ? [...rest] : [...profile.command, ...rest];
}

interface Found {
  name: string;
  file: string;
  isBuiltIn: boolean;
}

function findProfiles({ paths, builtInDir = builtInProfilesDir }: ProfilePlaces): Found[] {
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

function readProfile(found: Found, { env, paths }: ProfilePlaces): Profile {
  if (!found.isBuiltIn) {
    assertPrivateDir(paths.configDir);
    assertPrivateDir(paths.profilesDir);
    assertUnwritableByOthers(found.file);
  }
  const label = shortenHome(found.file, env.home);
  const { value, lineOf, fail } = parseYamlDocument(
    { label, text: readFileSync(found.file, 'utf8'), code: 'PROFILE_INVALID', remedy: `Mend ${label}.` },
    profileSchema,
  );
  if (value.name !== found.name) {
    fail([{ path: ['name'], message: `must be "${found.name}", like the file's name` }]);
  }
  return {
    ...value,
    hosts: value.hosts.map((rule, index) => ({
      ...rule,
      origin: `profile ${value.name}:${lineOf(['hosts', index])}`,
    })),
    file: found.file,
    isBuiltIn: found.isBuiltIn,
  };
}
