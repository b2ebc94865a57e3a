// Imported first by each program, before any schema is made: schemas check by their definition. A program checks with each of them
// once or twice, and to generate code for one, as zod does otherwise, takes longer than that.
import { z } from 'zod';

z.config({ jitless: true });
