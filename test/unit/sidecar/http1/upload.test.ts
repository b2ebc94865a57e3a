import { expect, test } from 'vitest';
import { Matcher } from '../../../../src/core/matcher.js';
import { Upload } from '../../../../src/sidecar/http1/upload.js';
import { Scrubber } from '../../../../src/sidecar/scrub.js';

const decoy = 'decoy-0123456789';
const guard = () => new Scrubber(new Matcher([{ id: 'd', bytes: Buffer.from(decoy) }]));

function setUp(options: { guarded?: boolean; chunked?: boolean; hasRoom?: boolean } = {}) {
  const sent: string[] = [];
  const connection = {
    write: (data: Buffer | string) => {
      sent.push(data.toString());
      return options.hasRoom ?? true;
    },
  };
  const upload = new Upload({
    connection,
    guard: options.guarded === false ? undefined : guard(),
    chunked: options.chunked ?? false,
  });
  return { upload, text: () => sent.join('') };
}

test('a whole request goes in one piece', () => {
  const { upload, text } = setUp();
  upload.sendWhole('HEAD', Buffer.from('BODY'));
  expect([text(), upload.bytes, upload.isWhole]).toEqual(['HEADBODY', 8, true]);
});

test('pieces go as they come, in chunks where the length is not known', () => {
  const { upload, text } = setUp({ chunked: true });
  expect(upload.sendHead('HEAD')).toBe('sent');
  expect(upload.write(Buffer.from('hello'))).toBe('sent');
  expect(upload.isWhole).toBe(false);
  expect(upload.end()).toBe('sent');
  expect([text(), upload.bytes, upload.isWhole]).toEqual([
    'HEAD5\r\nhello\r\n0\r\n\r\n',
    text().length,
    true,
  ]);
});

test('a decoy never goes whole, in whatever pieces', () => {
  for (const size of [1, 3, 100]) {
    const { upload, text } = setUp();
    const body = Buffer.from(`before ${decoy} after`);
    const outcomes: string[] = [];
    for (let from = 0; from < body.length && !outcomes.includes('decoy'); from += size)
      outcomes.push(upload.write(body.subarray(from, from + size)));
    expect(outcomes.at(-1)).toBe('decoy');
    expect(text()).not.toContain(decoy.slice(0, -1));
    expect(upload.write(Buffer.from('more'))).toBe('decoy');
    expect(upload.end()).toBe('decoy');
    expect(upload.isWhole).toBe(false);
    expect(text()).not.toContain('more');
  }
});

test('what only began like a decoy goes at the end', () => {
  const { upload, text } = setUp();
  upload.write(Buffer.from(decoy.slice(0, 8)));
  expect(text()).toBe('');
  upload.end();
  expect(text()).toBe(decoy.slice(0, 8));
});

test('without a guard everything passes', () => {
  const { upload, text } = setUp({ guarded: false });
  upload.write(Buffer.from(decoy));
  expect(text()).toBe(decoy);
});

test('a full connection says so', () => {
  const { upload } = setUp({ hasRoom: false });
  expect(upload.sendHead('x')).toBe('full');
  expect(upload.write(Buffer.from('hello'))).toBe('full');
});
