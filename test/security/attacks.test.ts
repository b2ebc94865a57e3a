// ATTACKS A, B, E6–E8 and what exists of C and D, from inside a real agent container of the suite's level, each with its negative
// control: the cases of `npm run attacks`, one test each.
import { suiteLevel } from '../support/requirements.js';
import { describeAttacks } from './attacks/attacks-at.js';

describeAttacks(suiteLevel());
