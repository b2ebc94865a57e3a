// A number for a text, for tables in memory. Each table draws a factor of its own, and each step folds the number's high bits into its low
// ones: of a plain polynomial in the factor there are texts that have one number by every odd factor, whichever was drawn.
import { randomInt } from 'node:crypto';

/** Odd, below 2^31. */
export function drawFactor(): number {
  return 2 * randomInt(2 ** 30) + 1;
}

/** 32 bits, as a signed number. */
export function hashText(text: string, factor: number): number {
  let hash = text.length;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), factor);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
