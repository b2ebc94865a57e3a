// The list of dialects. A venue that can be rehearsed on paper is one folder and one line here.
import type { Dialect } from './dialect.js';
import { okxDialect } from './okx/dialect.js';

export const dialects: readonly Dialect[] = [okxDialect];
