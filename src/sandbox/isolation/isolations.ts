// The isolation levels there are, weakest first, and the one a box gets when none is asked for.
import { container } from './container.js';
import type { Isolation } from './isolation.js';

const isolations = [container] as const satisfies readonly Isolation[];

export const defaultIsolation: Isolation = isolations[0];
