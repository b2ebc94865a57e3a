// The same attacks on boxes of the level gvisor, with the same controls. TRADEBOX_LEVEL has attacks.test.ts make them at another level instead.
import { describe } from 'vitest';
import { suiteLevel } from '../support/requirements.js';
import { describeAttacks } from './attacks/attacks-at.js';

describe.skipIf(suiteLevel() !== 'container')('beside those of the suite’s own level', () => {
  describeAttacks('gvisor');
});
