// `--faults`: the operator's file of what the paper exchange does wrong; for a box on paper alone, and out of the agent's reach.
import { readFileSync } from 'node:fs';
import { assertOutside, shortenHome } from '../../config/locations.js';
import type { HostEnvironment } from '../../config/paths.js';
import { assertUnwritableByOthers, errnoOf } from '../../config/private-files.js';
import { parseYamlDocument } from '../../config/yaml.js';
import { TradeboxError } from '../../core/errors.js';
import { type FaultRule, faultsFileSchema } from '../../paper/fault-rules.js';
import type { LaunchRequest } from './request.js';

/**
 * Undefined without `--faults`.
 * @throws TradeboxError USAGE for a box that does not trade on the embedded exchange's own market, or a file that cannot be read;
 *   CONFIG_INVALID for a file with mistakes or inside the working directory (S9), CONFIG_MODE_LOOSE for one that others can change.
 */
export function loadFaults(
  { faultsFile: file, paper, mode, workdir }: LaunchRequest,
  { home }: Pick<HostEnvironment, 'home'>,
): FaultRule[] | undefined {
  if (file === undefined) return undefined;
  if (!paper || mode === 'shadow') {
    throw new TradeboxError('USAGE', '--faults is for the paper exchange alone', {
      remedy: 'Give --paper, and another mode than shadow.',
    });
  }
  assertOutside(workdir, file, 'the faults file');
  const text = read(file);
  assertUnwritableByOthers(file);
  const remedy = 'Mend it; the README lists what a fault can be.';
  const source = { label: shortenHome(file, home), text, code: 'CONFIG_INVALID', remedy } as const;
  return parseYamlDocument(source, faultsFileSchema).value.faults;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TradeboxError('USAGE', `${file} cannot be read: ${errnoOf(cause) ?? 'unknown'}`, {
      remedy: 'Name a YAML file that you can read.',
      cause,
    });
  }
}
