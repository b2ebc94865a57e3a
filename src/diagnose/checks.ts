// The list of checks, in the order they are run and read. A new check is one file and one line here.
import type { Check } from './check.js';
import { clockCheck } from './checks/clock.js';
import { confinementCheck, identityCheck } from './checks/confinement.js';
import { decoysCheck } from './checks/decoys.js';
import { engineCheck } from './checks/engine.js';
import { imagesCheck } from './checks/images.js';
import { isolationCheck } from './checks/isolation.js';
import { keysCheck } from './checks/keys.js';
import { limitsCheck } from './checks/limits.js';
import { deniedHostCheck, namesCheck } from './checks/names.js';
import { negativeControlCheck, networkCheck } from './checks/network.js';
import { ownFilesCheck } from './checks/own-files.js';
import { ownSettingsCheck } from './checks/own-settings.js';
import { preflightCheck } from './checks/preflight.js';
import { proxiesCheck } from './checks/proxies.js';
import { substitutionCheck } from './checks/substitution.js';
import { taintCheck } from './checks/taint.js';
import { trustCheck } from './checks/trust.js';

export const checks: readonly Check[] = [
  engineCheck,
  ownFilesCheck,
  imagesCheck,
  networkCheck,
  negativeControlCheck,
  namesCheck,
  deniedHostCheck,
  isolationCheck,
  confinementCheck,
  limitsCheck,
  identityCheck,
  decoysCheck,
  substitutionCheck,
  trustCheck,
  proxiesCheck,
  ownSettingsCheck,
  clockCheck,
  keysCheck,
  preflightCheck,
  taintCheck,
];
