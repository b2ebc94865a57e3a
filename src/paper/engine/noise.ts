// Repeatable chance: whole numbers that are a pure function of seed, series and position. No floats, no state but a cache.
import { createHash } from 'node:crypto';

/** A wave of the noise: new value every `period` steps, straight lines between, at most `amplitude` up or down. */
export interface Octave {
  period: number;
  amplitude: number;
}

const cacheSize = 1024;
const span24 = 2 ** 24;

/** 32 bytes that depend on nothing but the arguments. */
export function chanceBytes(seed: string, ...place: readonly (string | number)[]): Buffer {
  return createHash('sha256')
    .update([seed, ...place].join('\0'))
    .digest();
}

/** The sum of octaves along a line of whole steps. */
export class Noise {
  readonly #caches: readonly Map<number, number>[];

  constructor(
    private readonly seed: string,
    private readonly series: string,
    private readonly octaves: readonly Octave[],
  ) {
    this.#caches = octaves.map(() => new Map());
  }

  at(step: number): number {
    let sum = 0;
    for (let index = 0; index < this.octaves.length; index += 1) sum += this.#wave(index, step);
    return sum;
  }

  #wave(index: number, step: number): number {
    const period = this.octaves[index]?.period ?? 1;
    const cell = Math.floor(step / period);
    const start = this.#knot(index, cell);
    const end = this.#knot(index, cell + 1);
    return start + Math.floor(((end - start) * (step - cell * period)) / period);
  }

  #knot(index: number, cell: number): number {
    const cache = this.#caches[index];
    const known = cache?.get(cell);
    if (known !== undefined) return known;
    const amplitude = this.octaves[index]?.amplitude ?? 0;
    const drawn = chanceBytes(this.seed, this.series, index, cell).readUIntBE(0, 3);
    const value = Math.floor((drawn * (2 * amplitude + 1)) / span24) - amplitude;
    if (cache !== undefined && cache.size >= cacheSize) cache.clear();
    cache?.set(cell, value);
    return value;
  }
}
