// The isolation levels there are, weakest first. A new level is one file and one line here.
import { containerLevel } from './container.js';
import { gvisorLevel } from './gvisor.js';
import type { IsolationLevel } from './isolation.js';
import { kataLevel } from './kata.js';
import { vmLevel } from './vm.js';

export const isolations: readonly IsolationLevel[] = [containerLevel, gvisorLevel, kataLevel, vmLevel];
