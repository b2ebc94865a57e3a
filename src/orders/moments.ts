// When something happened last, by kinds of which there are as many as orders: of each a number is kept instead of its text.
import { drawFactor, hashText } from '../core/text-hash.js';
import type { Log } from './series.js';

const firstBuckets = 1_024;

export class Moments {
  readonly #log: Log;
  /**
   * From the first place that is left on: the kind's number, NaN where nothing counts. Two kinds of 2^53 may share one; then what comes
   * seems to repeat the other.
   */
  readonly #numbers: number[] = [];
  /** The place before in the same bucket, plus one; 0 where there is none. */
  readonly #before: number[] = [];
  /** The newest place of each bucket, plus one. */
  #buckets = new Int32Array(firstBuckets);
  /** Places that are forgotten. */
  #gone = 0;
  readonly #factors: readonly [number, number] = [drawFactor(), drawFactor()];

  constructor(log: Log) {
    this.#log = log;
  }

  /** `place`: after all that are here. */
  add(kind: string, place: number): void {
    while (this.#gone + this.#numbers.length < place) this.#push(Number.NaN);
    this.#push(this.#numberOf(kind));
    if (this.#numbers.length > this.#buckets.length) this.#spread();
  }

  drop(kind: string, place: number): void {
    if (this.#numbers[place - this.#gone] === this.#numberOf(kind))
      this.#numbers[place - this.#gone] = Number.NaN;
  }

  last(kind: string, except?: number): number | undefined {
    const number = this.#numberOf(kind);
    let place = (this.#buckets[this.#bucketOf(number)] ?? 0) - 1;
    while (place >= this.#gone) {
      const index = place - this.#gone;
      if (this.#numbers[index] === number && place !== except) return this.#log.timeOf(place);
      place = (this.#before[index] ?? 0) - 1;
    }
    return undefined;
  }

  /** Takes out all before a place. */
  forget(place: number): void {
    const count = Math.min(place - this.#gone, this.#numbers.length);
    if (count <= 0) return;
    this.#numbers.splice(0, count);
    this.#before.splice(0, count);
    this.#gone += count;
  }

  #push(number: number): void {
    const place = this.#gone + this.#numbers.length;
    this.#numbers.push(number);
    this.#before.push(0);
    this.#link(place, number);
  }

  #link(place: number, number: number): void {
    if (Number.isNaN(number)) return;
    const bucket = this.#bucketOf(number);
    this.#before[place - this.#gone] = this.#buckets[bucket] ?? 0;
    this.#buckets[bucket] = place + 1;
  }

  #spread(): void {
    this.#buckets = new Int32Array(2 * this.#buckets.length);
    for (const [index, number] of this.#numbers.entries()) this.#link(this.#gone + index, number);
  }

  #bucketOf(number: number): number {
    return number & (this.#buckets.length - 1);
  }

  #numberOf(kind: string): number {
    const [one, other] = this.#factors;
    return (hashText(kind, one) >>> 11) * 2 ** 32 + (hashText(kind, other) >>> 0);
  }
}
