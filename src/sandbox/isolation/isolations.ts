// The isolation levels there are, weakest first.
import { container } from './container.js';
import type { Isolation } from './isolation.js';

export const isolations: readonly Isolation[] = [container];
