// The matcher against the plainest search there is, over small alphabets where patterns overlap and nearly match.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Matcher, type Pattern } from '../../../src/core/matcher.js';

const pattern = (text: string, isCaseSensitive = false): Pattern => ({
  id: text,
  bytes: Buffer.from(text, 'latin1'),
  isCaseSensitive,
});
const matcherOf = (...texts: string[]): Matcher => new Matcher(texts.map((text) => pattern(text)));

/** Leftmost, then longest; latin1 keeps bytes and characters one to one. */
function findPlainly(patterns: readonly Pattern[], text: string, from: number) {
  const fold = (value: string, isCaseSensitive?: boolean) =>
    isCaseSensitive ? value : value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  for (let index = from; index < text.length; index++) {
    const lengths = patterns
      .filter(({ bytes, isCaseSensitive }) =>
        fold(text, isCaseSensitive).startsWith(fold(bytes.toString('latin1'), isCaseSensitive), index),
      )
      .map(({ bytes }) => bytes.length);
    if (lengths.length > 0) return { index, length: Math.max(...lengths) };
  }
  return undefined;
}

describe('find', () => {
  test('gives place, length and owner', () => {
    const matcher = matcherOf('needle', 'another one');
    expect(matcher.find(Buffer.from('a needle here'))).toEqual({ index: 2, length: 6, id: 'needle' });
    expect(matcher.find(Buffer.from('ANOTHER ONE'))).toEqual({ index: 0, length: 11, id: 'another one' });
    expect(matcher.find(Buffer.from('needl, nother one'))).toBeUndefined();
    expect(matcher.find(Buffer.from('needle needle'), 1)?.index).toBe(7);
    expect(matcher.longest).toBe(11);
  });

  test('ignores the case of ASCII letters only', () => {
    const matcher = matcherOf('k\xc4bcd[@');
    expect(matcher.find(Buffer.from('K\xc4BcD[@', 'latin1'))).toBeDefined();
    // 0xc4 and 0xe4 differ by the same bit as `A` and `a`, and so do `[` and `{`, `@` and a backtick.
    for (const text of ['k\xe4bcd[@', 'k\xc4bcd{@', 'k\xc4bcd[`']) {
      expect(matcher.find(Buffer.from(text, 'latin1'))).toBeUndefined();
    }
  });

  test('minds the case of patterns that ask for it', () => {
    const matcher = new Matcher([pattern('API_KEY', true), pattern('api_url')]);
    expect(matcher.find(Buffer.from('api_key'))).toBeUndefined();
    expect(matcher.find(Buffer.from('x API_KEY'))?.index).toBe(2);
    expect(matcher.find(Buffer.from('API_URL'))?.id).toBe('api_url');
  });

  test('of patterns that start alike the longest wins', () => {
    expect(matcherOf('abcdef', 'abcdefgh', 'abcdefg').find(Buffer.from('abcdefgh'))?.length).toBe(8);
    expect(matcherOf('abcdef', 'abcdefgh').find(Buffer.from('abcdefgx'))?.length).toBe(6);
  });

  test('patterns longer than the longest shift are found', () => {
    const long = 'ab'.repeat(400);
    expect(matcherOf(long).find(Buffer.from(`x${long}`))).toEqual({ index: 1, length: 800, id: long });
  });

  test('without patterns it finds nothing', () => {
    expect(new Matcher([]).find(Buffer.from('anything'))).toBeUndefined();
    expect(new Matcher([]).longest).toBe(0);
    expect(new Matcher([]).partialFrom(Buffer.from('anything'))).toBe(8);
  });

  test('a pattern of less than three bytes is refused', () => {
    expect(() => matcherOf('ab')).toThrow(/shorter/);
    expect(() => matcherOf('')).toThrow(/shorter/);
  });
});

// `!` and `\xe1` share the key of `a`, `"` that of `b`.
const letters = fc.constantFrom('a', 'b', 'A', 'B', '\xe1', '!', '"');
const patterns = fc.array(
  fc.record({
    text: fc.string({ unit: letters, minLength: 3, maxLength: 9 }),
    isCaseSensitive: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

test('it agrees with a plain search', () => {
  const text = fc.string({ unit: letters, maxLength: 60 });
  fc.assert(
    fc.property(patterns, text, fc.nat(10), (chosen, haystack, from) => {
      const list = chosen.map((one) => pattern(one.text, one.isCaseSensitive));
      const found = new Matcher(list).find(Buffer.from(haystack, 'latin1'), from);
      const expected = findPlainly(list, haystack, from);
      expect(found && { index: found.index, length: found.length }).toEqual(expected);
    }),
    { numRuns: 700 },
  );
});

test('the partial end is the longest one that a pattern could begin with', () => {
  fc.assert(
    fc.property(patterns, fc.string({ unit: letters, maxLength: 20 }), (chosen, haystack) => {
      const list = chosen.map((one) => pattern(one.text, one.isCaseSensitive));
      const isBeginning = (tail: string): boolean =>
        list.some(({ bytes, isCaseSensitive }) => {
          const head = pattern(bytes.toString('latin1').slice(0, tail.length), isCaseSensitive);
          return bytes.length > tail.length && findPlainly([head], tail, 0) !== undefined;
        });
      let expected = 0;
      while (expected < haystack.length && !isBeginning(haystack.slice(expected))) expected += 1;
      expect(new Matcher(list).partialFrom(Buffer.from(haystack, 'latin1'))).toBe(expected);
    }),
    { numRuns: 700 },
  );
});
