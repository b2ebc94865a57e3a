// S7: the last line before a signature. What moves funds, and what no table names, no leaf signs, whatever let it come so far.
import type { Classification, Stamp } from './venue.js';

/**
 * Throws a plain Error for such an operation: earlier stages should have denied it. The sidecar itself may ask what no agent may,
 * such as what a key is allowed to do; funds are nobody's.
 */
export function assertSignable(
  title: string,
  { class: kind }: Pick<Classification, 'class'>,
  { isOwn }: Pick<Stamp, 'isOwn'>,
): void {
  if (kind === 'funds' || (kind === 'unknown' && isOwn !== true))
    throw new Error(`${title} signing was asked for a ${kind} operation`);
}
