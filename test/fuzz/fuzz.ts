// What a fuzz is, and how one is run: a property over made inputs, with the seed of a failure kept for ever after.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

/** No secret out, no unlisted host dialled, never a crash: each property says which of them it holds. */
export interface Fuzz {
  name: string;
  /** False where the same seed need not meet the same failure, because time has a say; such a seed is not kept. */
  isRepeatable?: false;
  property(): fc.IProperty<unknown> | fc.IAsyncProperty<unknown>;
}

/** How to meet a failure again. */
export interface Seed {
  fuzz: string;
  seed: number;
  /** Where fast-check's shrinking got to. */
  path: string;
}

const seedsDirectory = path.resolve(import.meta.dirname, 'seeds');

/** Failures that were met before and must stay mended. */
export function keptSeeds(): Seed[] {
  return readdirSync(seedsDirectory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(seedsDirectory, file), 'utf8')) as Seed);
}

/** Runs a fuzz so many times, or until the time is over, but once at least; gives the failure's report and keeps its seed where asked to. */
export async function runFuzz(
  fuzz: Fuzz,
  options: { seed: number; runs: number; milliseconds?: number; path?: string; keep?: boolean },
): Promise<{ runs: number; failure: string | undefined }> {
  const check = (runs: number, limit: { interruptAfterTimeLimit?: number }) =>
    fc.check(fuzz.property(), {
      seed: options.seed,
      numRuns: runs,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...limit,
    });
  const { milliseconds } = options;
  const timed = await check(
    options.runs,
    milliseconds === undefined ? {} : { interruptAfterTimeLimit: milliseconds },
  );
  // A slow machine may not have ended even one.
  const details = timed.interrupted && timed.numRuns === 0 ? await check(1, {}) : timed;
  if (!details.failed) return { runs: details.numRuns, failure: undefined };
  const seed: Seed = { fuzz: fuzz.name, seed: details.seed, path: details.counterexamplePath ?? '' };
  if (options.keep === true && fuzz.isRepeatable !== false) {
    const file = path.join(seedsDirectory, `${fuzz.name}-${details.seed}.json`);
    writeFileSync(file, `${JSON.stringify(seed)}\n`);
  }
  return {
    runs: details.numRuns,
    failure: `${JSON.stringify(seed)}\n${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}`,
  };
}

/** One change of bytes, as position and kind; what a network or an attacker does to a well-formed message. */
export interface Mutation {
  kind: 'flip' | 'insert' | 'delete' | 'double' | 'cut' | 'set';
  at: number;
  bytes: Uint8Array;
}

export const mutations = (max = 6): fc.Arbitrary<Mutation[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('flip', 'insert', 'delete', 'double', 'cut', 'set'),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        fc
          .constantFrom('\r\n', '\n', '\r', '\0', ' ', ':', '\t', '\r\n\r\n', '%', '\\', '0', ',')
          .map((text) => Buffer.from(text)),
      ),
    }),
    { maxLength: max },
  ) as fc.Arbitrary<Mutation[]>;

export function mutate(bytes: Buffer, changes: readonly Mutation[]): Buffer {
  let out = bytes;
  for (const { kind, at, bytes: more } of changes) {
    const index = Math.floor(at * out.length);
    const [before, after] = [out.subarray(0, index), out.subarray(index)];
    if (kind === 'insert') out = Buffer.concat([before, more, after]);
    else if (kind === 'delete') out = Buffer.concat([before, after.subarray(more.length)]);
    else if (kind === 'double') out = Buffer.concat([before, after.subarray(0, 40), after]);
    else if (kind === 'cut') out = Buffer.from(before);
    else {
      out = Buffer.from(out);
      if (index < out.length)
        out[index] = kind === 'flip' ? (out[index] ?? 0) ^ (more[0] || 1) : (more[0] ?? 0);
    }
  }
  return out;
}

/** Cuts bytes at fractions of their length. */
export function cutAt(bytes: Buffer, fractions: readonly number[]): Buffer[] {
  const places = [...new Set(fractions.map((one) => Math.floor(one * bytes.length)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) =>
    bytes.subarray(index === 0 ? 0 : places[index - 1], end),
  );
}

export const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  maxLength: 12,
});

/** A value as common software writes it, whole: at any alignment of base64, with what stands around it. */
export function spell(value: string, how: number): Buffer {
  const bytes = Buffer.from(value);
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const around = ['', 'a', 'ab'].map((before) => Buffer.from(`${before}${value}`));
  const forms = [
    value,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    percent,
    percent.toUpperCase(),
    percent.replaceAll('%', '%25'),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    ...around.map((one) => one.toString('base64')),
    ...around.map((one) => one.toString('base64url')),
  ];
  return Buffer.from(forms[how % forms.length] ?? value);
}
