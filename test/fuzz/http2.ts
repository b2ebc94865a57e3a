// A fuzz of HTTP/2 as bytes: frames that are nearly right, mutated and cut, against a session with a whole pipeline behind it.
// No listener is reached but for allowed paths of the connection's own host, no decoy goes up, nothing crashes.
import type tls from 'node:tls';
import fc from 'fast-check';
import { BodyReader } from '../../src/sidecar/http1/body.js';
import { Malformed } from '../../src/sidecar/http1/fields.js';
import { parseAnswerHead, parseRequestHead } from '../../src/sidecar/http1/head.js';
import { requestHeadOf } from '../../src/sidecar/http2/request-head.js';
import { serveHttp2 } from '../../src/sidecar/http2/session.js';
import { UpstreamSession } from '../../src/sidecar/http2/upstream-session.js';
import type { UpstreamHandler, UpstreamLink } from '../../src/sidecar/upstream-connection.js';
import { decoy, environment, FakeSocket, host, noWayOut, secret } from './environment.js';
import { cutAt, type Fuzz, fractions, type Mutation, mutate, mutations } from './fuzz.js';

/** An upstream that keeps what it is sent and answers each head at once, reflecting the secret. */
function fakeUpstream() {
  const dialled: string[] = [];
  let received = '';
  const link = (): UpstreamLink => {
    const one = {
      handler: undefined as UpstreamHandler | undefined,
      reused: false,
      endedCleanly: false,
      isUntouched: false,
      isGone: false,
      write(data: Buffer | string) {
        received += data.toString('latin1');
        if (/\r\n\r\n/.test(data.toString('latin1'))) {
          setImmediate(() =>
            one.handler?.onUpstreamData(
              Buffer.from(
                `HTTP/1.1 200 OK\r\nx: ${secret}\r\ncontent-length: ${secret.length}\r\n\r\n${secret}`,
              ),
            ),
          );
        }
        return true;
      },
      pause: () => {},
      resume: () => {},
      release: () => {},
      destroy: () => {},
    };
    return one;
  };
  const dial = async (name: string, port: number): Promise<UpstreamLink> => {
    dialled.push(`${name}:${port}`);
    return link();
  };
  const upstream = { ...noWayOut(), dialHttp2: dial, dialAny: dial, dialAlike: dial };
  return { upstream, dialled, received: () => received };
}

const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(4, 0, 0, Buffer.alloc(0)),
]);

/** A header block of literals, never indexed (RFC 7541 section 6.2.3). */
const block = (fields: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat(
    fields.flatMap(([name, value]) => [
      Buffer.from([0x10, name.length]),
      Buffer.from(name, 'latin1'),
      Buffer.from([value.length]),
      Buffer.from(value, 'latin1'),
    ]),
  );

const field = fc.constantFrom<[string, string]>(
  ['x-key', decoy],
  ['x-other', decoy],
  ['cookie', `a=${decoy}`],
  ['content-length', '5'],
  ['host', 'evil.test'],
  ['transfer-encoding', 'chunked'],
  ['te', 'trailers'],
  ['content-type', 'application/grpc'],
  ['X-Upper', 'y'],
  ['x-break', 'y\r\nhost: evil.test'],
  [':path', '/ok/second'],
  ['expect', '100-continue'],
);
const request = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'CONNECT'),
    fc.constantFrom('/ok/x', '/no/x', `/ok/${decoy}`, 'https://evil.test/ok/', '/ok/../no'),
    fc.constantFrom(host, 'evil.test', `${host}:443`),
    fc.array(field, { maxLength: 3 }),
    fc.constantFrom('', 'hello', `x${decoy}y`),
  )
  .map(([method, target, authority, fields, body]) => (stream: number) => {
    const names: [string, string][] = [
      [':method', method],
      [':scheme', 'https'],
      [':authority', authority],
      [':path', target],
      ...fields,
    ];
    const head = frame(1, body === '' ? 5 : 4, stream, block(names));
    return body === '' ? head : Buffer.concat([head, frame(0, 1, stream, Buffer.from(body))]);
  });
const other = fc.tuple(fc.nat(10), fc.nat(255), fc.nat(7), fc.uint8Array({ maxLength: 16 })).map(
  ([type, flags, stream, payload]) =>
    () =>
      frame(type, flags, stream, Buffer.from(payload)),
);

/** Sends frames behind the preface, changed and cut; what was dialled, what went up and what came down. */
export async function converse(
  frames: readonly Buffer[],
  changes: readonly Mutation[] = [],
  cuts: readonly number[] = [],
): Promise<{ dialled: string[]; up: string; down: Buffer }> {
  const { upstream, dialled, received } = fakeUpstream();
  const socket = new FakeSocket();
  const session = serveHttp2(
    socket as unknown as tls.TLSSocket,
    environment({ upstream }),
    { ingress: 'tls', port: 443 },
    host,
  );
  socket.on('error', () => {});
  const sent = Buffer.concat([preface, mutate(Buffer.concat(frames), changes)]);
  for (const piece of cutAt(sent, cuts)) socket.push(piece);
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  session.destroy();
  socket.destroy();
  return { dialled, up: received(), down: Buffer.concat(socket.written) };
}

/** A request that is permitted, as a whole stream. */
export const permitted = frame(
  1,
  5,
  1,
  block([
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', host],
    [':path', '/ok/x'],
    ['x-key', decoy],
  ]),
);

const bytes: Fuzz = {
  name: 'http2-bytes',
  property: () =>
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: request }, { weight: 1, arbitrary: other }), {
        minLength: 1,
        maxLength: 4,
      }),
      mutations(3),
      fractions,
      async (makers, changes, cuts) => {
        const { dialled, up, down } = await converse(
          makers.map((make, index) => make(index * 2 + 1)),
          changes,
          cuts,
        );
        if (dialled.some((origin) => origin !== `${host}:443`)) throw new Error(`dialled ${dialled.join()}`);
        if (up.includes(decoy)) throw new Error(`a decoy went up: ${JSON.stringify(up)}`);
        for (const [, path] of up.matchAll(/^[A-Z]+ (\S+) HTTP\/1\.1\r$/gm)) {
          if (path?.startsWith('/ok/') !== true) throw new Error(`a denied path went up: ${path}`);
        }
        const hosts = [...up.matchAll(/^host: (.*)\r$/gim)].map(([, name]) => name);
        if (hosts.some((name) => name !== host)) throw new Error(`another host went up: ${hosts.join()}`);
        if (down.includes(secret)) throw new Error('the secret came down');
      },
    ),
};

const head: Fuzz = {
  name: 'http2-head',
  property: () =>
    fc.property(
      fc.array(
        fc.tuple(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 20 })),
        {
          maxLength: 6,
        },
      ),
      fc.array(field, { maxLength: 4 }),
      fc.boolean(),
      (noise, known, hasBody) => {
        const raw = [
          ':method',
          'GET',
          ':scheme',
          'https',
          ':authority',
          host,
          ':path',
          '/ok/x',
          ...known.flat(),
          ...noise.flat(),
        ];
        const made = requestHeadOf(raw, hasBody);
        if (made instanceof Malformed) return;
        if (made.indexOf('\r\n\r\n') !== made.length - 4) throw new Error('a head within a head');
        const parsed = parseRequestHead(made);
        if (parsed instanceof Malformed) return;
        if (parsed.host !== host || parsed.target !== '/ok/x')
          throw new Error(`became ${parsed.host}${parsed.target}`);
      },
    ),
};

const answerFields = fc.array(
  fc.constantFrom<[string, string]>(
    ['x-a', 'b'],
    ['content-length', '5'],
    ['content-length', '9'],
    ['trailer', 'x-t'],
    ['transfer-encoding', 'chunked'],
    ['content-type', 'application/grpc'],
    ['X-Upper', 'y'],
    ['x-break', 'y\r\n\r\nHTTP/1.1 200 OK'],
    ['connection', 'close'],
  ),
  { maxLength: 3 },
);
/** What an upstream says on a stream: interim answers, its answer, content, trailers, a reset; or on none: that it leaves. */
const answerFrames = fc
  .tuple(
    fc.constantFrom('200', '103', '204', '304', '101', '2000'),
    answerFields,
    fc.constantFrom('', 'hello', 'hello, all'),
    fc.constantFrom('none', 'fields', 'reset', 'refuse', 'leave'),
  )
  .map(([status, fields, content, end]) => (stream: number) => {
    const parts = [
      frame(1, content === '' && end === 'none' ? 5 : 4, stream, block([[':status', status], ...fields])),
    ];
    if (content !== '') parts.push(frame(0, end === 'none' ? 1 : 0, stream, Buffer.from(content)));
    if (end === 'fields') parts.push(frame(1, 5, stream, block([['x-t', 'u']])));
    if (end === 'reset') parts.push(frame(3, 0, stream, Buffer.from([0, 0, 0, 2])));
    if (end === 'refuse') parts.push(frame(3, 0, stream, Buffer.from([0, 0, 0, 7])));
    if (end === 'leave') parts.push(frame(7, 0, 0, Buffer.from([0, 0, 0, stream, 0, 0, 0, 0])));
    return Buffer.concat(parts);
  });

/** Two requests over one connection whose upstream sends `frames`: what each heard, and whether each was told of its end once. */
export async function hear(
  frames: Buffer,
  cuts: readonly number[] = [],
  isAsked = true,
): Promise<{ text: string; ends: number; isGone: boolean }[]> {
  const socket = new FakeSocket();
  socket.on('error', () => {});
  const times = { idleMs: 1000, silentMs: 1000, pingMs: 1000 };
  const session = new UpstreamSession(socket as unknown as tls.TLSSocket, `https://${host}`, times, () => {});
  const links = [0, 1].map(() => {
    const link = session.open();
    const heard = { text: '', ends: 0, link };
    link.handler = {
      onUpstreamData: (data) => {
        heard.text += data.toString('latin1');
      },
      onUpstreamDrain: () => {},
      onUpstreamClose: () => {
        heard.ends += 1;
      },
    };
    link.write(`GET /ok/x HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    return heard;
  });
  // An upstream may speak before it has heard anything, too.
  for (let turn = 0; isAsked && turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  for (const piece of cutAt(Buffer.concat([frame(4, 0, 0, Buffer.alloc(0)), frames]), cuts))
    socket.push(piece);
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  session.destroy();
  socket.destroy();
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return links.map(({ text, ends, link }) => ({ text, ends, isGone: link.isGone }));
}

const upstream: Fuzz = {
  name: 'http2-upstream',
  property: () =>
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: answerFrames }, { weight: 1, arbitrary: other }), {
        minLength: 1,
        maxLength: 4,
      }),
      mutations(3),
      fractions,
      fc.integer({ min: 0, max: 9 }),
      async (makers, changes, cuts, early) => {
        const frames = makers.map((make, index) => make((index % 2) * 2 + 1));
        for (const { text, ends, isGone } of await hear(
          mutate(Buffer.concat(frames), changes),
          cuts,
          early > 0,
        )) {
          if (!isGone || ends > 1) throw new Error(`its end was told ${ends} times, gone ${isGone}`);
          if (text === '') continue;
          const end = text.indexOf('\r\n\r\n');
          const parsed = parseAnswerHead(Buffer.from(text.slice(0, end + 4), 'latin1'), 'GET');
          if (parsed instanceof Malformed) throw new Error(`a head that is none: ${JSON.stringify(text)}`);
          const body = new BodyReader(parsed.framing);
          const rest = Buffer.from(text.slice(end + 4), 'latin1');
          const used = body.write(rest, 0, () => {});
          if (body.failed !== undefined || used < rest.length)
            throw new Error(`content that does not fit its head: ${JSON.stringify(text)}`);
        }
      },
    ),
};

export const http2Fuzzes: readonly Fuzz[] = [bytes, head, upstream];
