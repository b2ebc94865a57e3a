// Finds and reads guardrails.yaml: beside the user's configuration, never in a project, where an agent could reach it (S9).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Guardrails, guardrailsSchema } from '../guard/guardrails.js';
import { shortenHome } from './locations.js';
import type { HostEnvironment, Paths } from './paths.js';
import { assertPrivateDir, assertUnwritableByOthers } from './private-files.js';
import { parseYamlDocument } from './yaml.js';

/** `~/.config/tradebox/guardrails.yaml`. */
export const guardrailsFile = ({ configDir }: Pick<Paths, 'configDir'>) => join(configDir, 'guardrails.yaml');

/** The user's guardrails; undefined when there are none. Throws CONFIG_INVALID with `file:line:column`, CONFIG_MODE_LOOSE. */
export function loadGuardrails(env: Pick<HostEnvironment, 'home'>, paths: Paths): Guardrails | undefined {
  const file = guardrailsFile(paths);
  if (!existsSync(file)) return undefined;
  assertPrivateDir(paths.configDir);
  assertUnwritableByOthers(file);
  return parseGuardrails(shortenHome(file, env.home), readFileSync(file, 'utf8'));
}

/** Throws CONFIG_INVALID with `file:line:column: message` lines. */
export function parseGuardrails(label: string, text: string): Guardrails {
  const remedy = 'Mend it; `tradebox guard presets cautious` prints a whole file to begin with.';
  return parseYamlDocument({ label, text, code: 'CONFIG_INVALID', remedy }, guardrailsSchema).value;
}
