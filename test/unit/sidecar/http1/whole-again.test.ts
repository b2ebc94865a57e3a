import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import {
  closeAll,
  completedOf,
  decidedOf,
  decoy,
  get,
  host,
  openHost,
  secret,
  setUp,
} from '../../../support/relay-box.js';
import { answer, eventually, exchange } from '../../../support/sidecar-box.js';

afterEach(closeAll);

const content = `all of it, and ${secret} in it`;
const packed = gzipSync(content);
const part = (coding: string) =>
  answer(
    packed.subarray(0, 20),
    `Content-Encoding: ${coding}\r\nContent-Range: bytes 0-19/${packed.length}\r\n`,
    '206 Partial Content',
  );
const asksPart = 'Range: bytes=0-19\r\nIf-Range: "v1"\r\n';
const isPartAsked = (head: string) => /^range:/im.test(head);

/** Heads of requests, in order. */
function setUpWith(answerTo: (head: string) => Buffer) {
  const heads: string[] = [];
  const serving = setUp((peer, head) => {
    heads.push(head);
    peer.socket.write(answerTo(head));
  });
  return { heads, serving };
}

// S6.
test('instead of a part of a compressed answer the whole is asked for, once, opened and scrubbed', async () => {
  const { heads, serving } = setUpWith((head) =>
    isPartAsked(head) ? part('gzip') : answer(packed, 'Content-Encoding: gzip\r\nAccept-Ranges: bytes\r\n'),
  );
  const { box } = await serving;
  const text = await exchange(box, openHost, get('/v1/x?a=b', asksPart, openHost));
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text).toContain(`all of it, and ${'*'.repeat(secret.length)}`);
  // Parts of it, opened, are not to be had.
  expect(text).not.toMatch(/content-encoding|content-range|accept-ranges/i);
  const [first = '', second = ''] = heads;
  expect(heads).toHaveLength(2);
  expect(first).toContain('Range: bytes=0-19\r\nIf-Range: "v1"');
  expect(second).toBe(first.replace('Range: bytes=0-19\r\nIf-Range: "v1"\r\n', ''));
  await eventually(() => completedOf(box).length === 1);
  expect(completedOf(box)).toMatchObject([{ status: 200 }]);
  expect(decidedOf(box)).toHaveLength(1);
});

test('nothing of a part passes where the upstream has no whole, or a coding that is not known', async () => {
  const { heads, serving } = setUpWith((head) => part(head.includes('/v1/odd') ? 'odd' : 'gzip'));
  const { box } = await serving;
  for (const [path, asked] of [
    ['/v1/x', 2],
    ['/v1/odd', 1],
  ] as const) {
    const text = await exchange(box, openHost, get(path, asksPart, openHost));
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(text).not.toContain(packed.toString('latin1', 0, 20));
    expect(heads.splice(0)).toHaveLength(asked);
  }
  await eventually(() => completedOf(box).length === 2);
  expect(completedOf(box)).toMatchObject([{ error: 'UPSTREAM_MALFORMED' }, { error: 'UPSTREAM_MALFORMED' }]);
});

test('a part in plain passes as a part, scrubbed, and is asked for once', async () => {
  const { heads, serving } = setUpWith(() =>
    answer(`is ${secret}`, 'Content-Range: bytes 0-19/90\r\n', '206 Partial Content'),
  );
  const { box } = await serving;
  const text = await exchange(box, openHost, get('/v1/x', asksPart, openHost));
  expect(text).toMatch(/^HTTP\/1\.1 206 Partial Content\r\nContent-Range: bytes 0-19\/90\r\n/);
  expect(text).toContain(`is ${'*'.repeat(secret.length)}`);
  expect(heads).toHaveLength(1);
});

// S6: half a secret is no secret to a search of one part.
test('of a host that gets a secret no part is asked for: in parts it could be told unseen', async () => {
  const { heads, serving } = setUpWith((head) => {
    if (head.includes('/v1/unasked')) return answer(secret.slice(0, 9), '', '206 Partial Content');
    const [, from = '0', to = ''] = /^(?:request-|x-ms-)?range: bytes=(\d+)-(\d*)/im.exec(head) ?? [];
    const bytes = Buffer.from(secret).subarray(Number(from), to === '' ? secret.length : Number(to) + 1);
    return /range:/i.test(head)
      ? answer(bytes, 'Content-Range: bytes 0-19/90\r\n', '206 Partial Content')
      : answer(secret);
  });
  const { box } = await serving;
  const authorized = `Authorization: Bearer ${decoy}\r\n`;
  for (const range of ['bytes=0-12', 'bytes=13-', 'bytes=0-12,13-40']) {
    const text = await exchange(
      box,
      host,
      get('/v1/x', `${authorized}Range: ${range}\r\nIf-Range: "v1"\r\n`),
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain('*'.repeat(secret.length));
  }
  // A secret that was told to it before could stand there without being sent anew.
  await exchange(box, host, get('/v1/x', 'Range: bytes=0-12\r\n'));
  // What some servers heed as well.
  for (const name of ['Request-Range', 'x-ms-range'])
    expect(await exchange(box, host, get('/v1/x', `${name}: bytes=0-12\r\n`))).toContain(
      '*'.repeat(secret.length),
    );
  expect(heads).toHaveLength(6);
  expect(heads.filter((head) => /range:/i.test(head))).toEqual([]);
  const unasked = await exchange(box, host, get('/v1/unasked'));
  expect(unasked).toMatch(/^HTTP\/1\.1 502 /);
  expect(unasked).not.toContain(secret.slice(0, 9));
});
