// What evidence of misbehaviour weighs, as configuration, settings and records have it. By itself: `ps` needs no more of the settings.
import { z } from 'zod';
import { taintCauses, taintSeverities } from '../audit/taint.js';

/** Severity by cause of taint, where it is not the default. */
export const taintSchema = z.partialRecord(z.enum(taintCauses), z.enum(taintSeverities));
