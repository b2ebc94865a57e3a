// S6: whatever the chunks, no pattern comes out and nothing else changes.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../../src/core/matcher.js';
import { encodingsOf } from '../../../src/core/needles.js';
import { Scrubber } from '../../../src/sidecar/scrub.js';

const matcherOf = (...texts: string[]): Matcher =>
  new Matcher(texts.map((text) => ({ id: text, bytes: Buffer.from(text, 'latin1') })));

/** Every occurrence in the original bytes masked: what the stream's output must equal. */
function maskPlainly(patterns: readonly Buffer[], bytes: Buffer): Buffer {
  const output = Buffer.from(bytes);
  const lower = (value: Buffer) =>
    value.toString('latin1').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const text = lower(bytes);
  for (const pattern of patterns.map(lower)) {
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) {
      output.fill('*', at, at + pattern.length);
    }
  }
  return output;
}

function scrubIn(matcher: Matcher, bytes: Buffer, cuts: readonly number[]): { output: Buffer; hits: number } {
  const scrubber = new Scrubber(matcher);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const output: Buffer[] = [];
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    // As a socket does: one buffer, overwritten by the next chunk.
    const chunk = Buffer.from(bytes.subarray(from, end));
    output.push(Buffer.from(scrubber.push(chunk)));
    chunk.fill(0);
    from = end;
  }
  output.push(scrubber.end());
  return { output: Buffer.concat(output), hits: scrubber.hits };
}

test('masks with the same length', () => {
  const text = '{"a":"hunter22","b":"HUNTER22"}';
  const { output, hits } = scrubIn(matcherOf('hunter22'), Buffer.from(text), []);
  expect(output.toString()).toBe('{"a":"********","b":"********"}');
  expect(hits).toBe(2);
});

test('a secret cut at any byte is masked', () => {
  const secret = 'sekret-value';
  const text = Buffer.from(`data: ${secret}\n\n`);
  for (let cut = 0; cut <= text.length; cut++) {
    const { output, hits } = scrubIn(matcherOf(secret), text, [cut]);
    expect(output.toString()).toBe(`data: ${'*'.repeat(secret.length)}\n\n`);
    expect(hits).toBe(1);
  }
});

test('one byte at a time', () => {
  const text = Buffer.from('aaaaaaab aaab');
  const { output } = scrubIn(matcherOf('aaab'), text, Array.from(text.keys()));
  expect(output.toString()).toBe('aaaa**** ****');
});

test('overlapping secrets are masked as one', () => {
  const text = Buffer.from('xabcdefghijx');
  for (let cut = 0; cut <= text.length; cut++) {
    const { output } = scrubIn(matcherOf('abcdef', 'defghij', 'cde'), text, [cut, cut + 1]);
    expect(output.toString()).toBe('x**********x');
  }
});

test('holds back only what could begin a secret, and never more than the longest less one', () => {
  const scrubber = new Scrubber(matcherOf('secret-one', 'other'));
  expect(scrubber.push(Buffer.from('data: hello\n\n')).toString()).toBe('data: hello\n\n');
  expect(scrubber.push(Buffer.from('data: sec')).toString()).toBe('data: ');
  expect(scrubber.push(Buffer.from('ond\n\n')).toString()).toBe('second\n\n');
  expect(scrubber.push(Buffer.from('xsecret-on')).toString()).toBe('x');
  expect(scrubber.end().toString()).toBe('secret-on');
  expect(scrubber.end()).toHaveLength(0);
  expect(scrubber.hits).toBe(0);
});

test('what needs no change is not copied', () => {
  const chunk = Buffer.from('nothing to see');
  expect(new Scrubber(matcherOf('secret')).push(chunk).buffer).toBe(chunk.buffer);
});

test("the caller's chunk is not changed", () => {
  const chunk = Buffer.from('my secret');
  expect(new Scrubber(matcherOf('secret')).push(chunk).toString()).toBe('my ******');
  expect(chunk.toString()).toBe('my secret');
});

test('after the end another stream can begin', () => {
  const scrubber = new Scrubber(matcherOf('secret'));
  scrubber.push(Buffer.from('sec'));
  scrubber.end();
  expect(scrubber.push(Buffer.from('ret')).toString()).toBe('ret');
});

describe('for any patterns, text and chunks', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '\xe1');
  const words = fc.array(fc.string({ unit: letters, minLength: 3, maxLength: 7 }), {
    minLength: 1,
    maxLength: 6,
  });

  test('the output is the plainly masked text', () => {
    fc.assert(
      fc.property(
        words,
        fc.string({ unit: letters, maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (patterns, text, cuts) => {
          const bytes = Buffer.from(text, 'latin1');
          const expected = maskPlainly(
            patterns.map((word) => Buffer.from(word, 'latin1')),
            bytes,
          );
          expect(scrubIn(matcherOf(...patterns), bytes, cuts).output).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('what is held back is bounded and could begin a pattern', () => {
    fc.assert(
      fc.property(words, fc.array(fc.string({ unit: letters, maxLength: 9 })), (patterns, chunks) => {
        const matcher = matcherOf(...patterns);
        const scrubber = new Scrubber(matcher);
        let held = 0;
        for (const chunk of chunks) {
          held += chunk.length - scrubber.push(Buffer.from(chunk, 'latin1')).length;
          expect(held).toBeLessThan(matcher.longest);
        }
        expect(scrubber.end()).toHaveLength(held);
      }),
    );
  });
});

describe('for any secrets in any spelling', () => {
  const secret = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 }),
    fc.constant(null).map(() => randomBytes(20).toString('base64')),
  );
  const upperCase = (bytes: Buffer): Buffer =>
    Buffer.from(
      bytes.toString('latin1').replace(/[a-z]/g, (letter) => letter.toUpperCase()),
      'latin1',
    );

  test('no spelling comes out, and the rest stays as it was', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.boolean(), fc.uint8Array({ maxLength: 30 })), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (secrets, parts, cuts) => {
          const patterns = secrets.flatMap((value) => encodingsOf(value));
          if (patterns.length === 0) return;
          const bytes = Buffer.concat(
            parts.flatMap(([which, isUpper, noise]) => {
              const pattern = patterns[which % patterns.length] ?? Buffer.alloc(0);
              return [isUpper ? upperCase(pattern) : pattern, noise];
            }),
          );
          const matcher = new Matcher(patterns.map((pattern) => ({ id: 'x', bytes: pattern })));
          const { output } = scrubIn(matcher, bytes, cuts);
          expect(output).toEqual(maskPlainly(patterns, bytes));
          for (const pattern of patterns) expect(output.includes(pattern)).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });
});
