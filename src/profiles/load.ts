// Reads and checks profiles.
import { readFileSync } from 'node:fs';
import { assertOutside, shortenHome } from '../config/locations.js';
import { assertPrivateDir, assertUnwritableByOthers } from '../config/private-files.js';
import { parseYamlDocument } from '../config/yaml.js';
import type { HostRule } from '../sidecar/settings.js';
import { type FoundProfile, findProfile, findProfiles, type ProfilePlaces } from './find.js';
import { type ProfileDocument, profileSchema } from './schema.js';

/** A profile, checked. `hosts` carry their origin, `profile <name>:<line>`. */
export interface Profile extends Omit<ProfileDocument, 'hosts'> {
  hosts: readonly HostRule[];
  /** The file it was read from, absolute. */
  file: string;
  isBuiltIn: boolean;
}

/**
 * One profile by name. `workdir` is the box's working directory, where no profile may lie (S9).
 * Throws PROFILE_UNKNOWN with the nearest name, PROFILE_INVALID (`file:line:column: message`), CONFIG_MODE_LOOSE.
 */
export function loadProfile(name: string, places: ProfilePlaces, workdir?: string): Profile {
  const entry = findProfile(name, places);
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

function readProfile(found: FoundProfile, { env, paths }: ProfilePlaces): Profile {
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
