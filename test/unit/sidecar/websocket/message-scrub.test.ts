import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Matcher, Scrubber } from '../../../../src/sidecar/scrub.js';
import { MessageScrub } from '../../../../src/sidecar/websocket/message-scrub.js';

const secret = 'real-0123456789abcdef';
const matcher = new Matcher([{ id: 's', bytes: Buffer.from(secret) }]);
const scrub = () =>
  new MessageScrub({
    isClean: (bytes) => matcher.find(bytes) === undefined,
    newMasker: () => new Scrubber(matcher),
    secretStart: (bytes) => matcher.partialFrom(bytes),
  });

test('a secret in one message is masked, what is clean stays the message’s own memory', () => {
  const one = scrub();
  const plain = Buffer.from('hello');
  expect(one.message(plain)).toBe(plain);
  expect(one.message(Buffer.from(`<${secret}>`)).toString()).toBe(`<${'*'.repeat(secret.length)}>`);
  expect(one.hits).toBe(1);
});

test('a secret over messages never arrives whole, its end is masked; lengths stay', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(secret.length), { maxLength: 6 }),
      fc.string({ maxLength: 5 }),
      (cuts, around) => {
        const text = `${around}${secret}${around}`;
        const places = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        const one = scrub();
        const messages = places
          .slice(1)
          .map((end, index) => Buffer.from(text.slice(places[index], end), 'latin1'));
        const out = messages.map((data) => one.message(data));
        expect(out.map(({ length }) => length)).toEqual(messages.map(({ length }) => length));
        expect(Buffer.concat(out).includes(secret)).toBe(false);
        expect(one.hits).toBe(1);
      },
    ),
  );
});

test('control frames stand for themselves and break no message', () => {
  const one = scrub();
  one.message(Buffer.from(secret.slice(0, 9)));
  expect(one.alone(Buffer.from('ping')).toString()).toBe('ping');
  expect(one.message(Buffer.from(secret.slice(9))).toString()).toBe('*'.repeat(secret.length - 9));
});
