// A fuzz of WebSockets as bytes, in both directions: upgrades and frames that are nearly right, mutated and cut, against a relay with
// a whole pipeline behind it. No other origin is dialled, no decoy goes up, no secret comes down, nothing crashes, every socket ends.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import fc from 'fast-check';
import type { JournalEvent } from '../../src/audit/events.js';
import { ClientConnection } from '../../src/sidecar/http1/client-connection.js';
import { Relay } from '../../src/sidecar/http1/relay.js';
import type { UpstreamConnection } from '../../src/sidecar/upstream-connection.js';
import type { Bridge } from '../../src/sidecar/websocket/bridge.js';
import {
  decoy,
  environment,
  FakeSocket,
  feedDecoy,
  feedSecret,
  host,
  noWayOut,
  secret,
} from './environment.js';
import { cutAt, type Fuzz, fractions, type Mutation, mutate, mutations } from './fuzz.js';

const key = Buffer.alloc(16, 7).toString('base64');
const accept = (text: string): string =>
  createHash('sha1').update(`${text}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

interface FrameShape {
  opcode: number;
  isFinal: boolean;
  /** The three reserved bits. */
  reserved: number;
  payload: Buffer;
  /** How the length is written, or what is said instead of it. */
  length: 'shortest' | 'two' | 'eight' | 'huge' | 'more' | 'less';
  isMasked: boolean;
}

const mask = [0x11, 0x9f, 0x5a, 0xc3];

/** RFC 6455 section 5.2, right or nearly. */
export function frame({ opcode, isFinal, reserved, payload, length, isMasked }: FrameShape): Buffer {
  const size =
    payload.length + (length === 'more' ? 7 : length === 'less' ? -Math.min(2, payload.length) : 0);
  const how = length === 'eight' || length === 'huge' ? 127 : length === 'two' || size > 125 ? 126 : size;
  const head = Buffer.alloc(how === 127 ? 10 : how === 126 ? 4 : 2);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | how;
  if (how === 126) head.writeUInt16BE(size, 2);
  if (how === 127) head.writeBigUInt64BE(length === 'huge' ? 2n ** 63n - 1n : BigInt(size), 2);
  if (!isMasked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, Buffer.from(mask), payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))]);
}

const upgradeTo = (target: string, name: string, lines: readonly string[]): Buffer =>
  Buffer.from(
    `GET ${target} HTTP/1.1\r\nHost: ${name}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${lines.map((one) => `${one}\r\n`).join('')}\r\n`,
  );
export const permittedUpgrade = upgradeTo('/ok/x', host, [`X-Key: ${decoy}`]);

interface Talk {
  /** Bytes of the agent: its upgrade, then its frames. */
  sent: Buffer;
  cuts?: readonly number[];
  /** Fields of the upstream's 101, and what it sends behind it. */
  granted?: readonly string[];
  answered?: Buffer;
}

interface Outcome {
  dialled: string[];
  /** The heads that went up, and the payloads of all frames, unmasked. */
  heads: string;
  up: Buffer;
  /** Payloads of what came down. */
  down: Buffer;
  events: JournalEvent[];
}

/** One connection of the agent from its first byte to its end. */
export async function talk({
  sent,
  cuts = [],
  granted = [],
  answered = Buffer.alloc(0),
}: Talk): Promise<Outcome> {
  const dialled: string[] = [];
  const events: JournalEvent[] = [];
  const received: Buffer[] = [];
  const opened: Duplex[] = [];
  let heads = '';
  const dialSocket = async (name: string, port: number) => {
    dialled.push(`${name}:${port}`);
    const [socket, far] = duplexPair();
    opened.push(socket, far);
    for (const one of [socket, far]) one.on('error', () => {});
    let isOpen = false;
    far.on('data', (bytes: Buffer) => {
      if (isOpen) received.push(bytes);
      else {
        heads += bytes.toString('latin1');
        const end = heads.indexOf('\r\n\r\n');
        if (end < 0) return;
        isOpen = true;
        received.push(Buffer.from(heads.slice(end + 4), 'latin1'));
        heads = heads.slice(0, end + 4);
        const theirKey = /^sec-websocket-key: (.*)\r$/im.exec(heads)?.[1] ?? '';
        const fields = [`Sec-WebSocket-Accept: ${accept(theirKey)}`, ...granted];
        far.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${fields.join('\r\n')}\r\n\r\n`,
        );
        if (answered.length > 0) far.write(answered);
      }
    });
    return { socket, destroy: () => socket.destroy() } as unknown as UpstreamConnection;
  };
  // An upgrade that lost its field is a plain request.
  const upstream = { ...noWayOut((origin) => dialled.push(origin)), dialSocket };
  const env = environment({ upstream, onRecord: (event) => events.push(event) });
  const relay = new Relay(env, 'tls', { host, port: 443 });
  const socket = new FakeSocket();
  socket.on('error', () => {});
  const client = new ClientConnection(socket as unknown as Socket, relay, env.clientLimits);
  let bridge: Bridge | undefined;
  relay.attach(client, {
    detach: () => client.detach(),
    adopt: (joined) => {
      bridge = joined;
    },
  });
  const pieces = cutAt(sent, cuts);
  for (const piece of pieces) {
    socket.push(Buffer.from(piece));
    await turns(2);
  }
  await turns(20);
  client.destroy();
  bridge?.checkDeadline(performance.now());
  bridge?.destroy();
  for (const one of [socket, ...opened]) one.destroy();
  await turns(6);
  return {
    dialled,
    heads,
    up: payloadsOf(Buffer.concat(received)),
    down: payloadsOf(Buffer.concat(socket.written)),
    events,
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** What well-formed frames carry, unmasked and in order; bytes that are no frames, such as an HTTP head, stay as they are. */
function payloadsOf(bytes: Buffer): Buffer {
  const head = bytes.indexOf('\r\n\r\n');
  let at = bytes.subarray(0, 4).toString('latin1') === 'HTTP' && head >= 0 ? head + 4 : 0;
  const parts: Buffer[] = [bytes.subarray(0, at)];
  while (at + 2 <= bytes.length) {
    const second = bytes[at + 1] ?? 0;
    const short = second & 0x7f;
    const start = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    const masked = (second & 0x80) !== 0;
    if (start + (masked ? 4 : 0) > bytes.length) break;
    const size =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short;
    const from = start + (masked ? 4 : 0);
    const payload = Buffer.from(bytes.subarray(from, from + size));
    if (masked)
      for (let index = 0; index < payload.length; index += 1)
        payload[index] = (payload[index] ?? 0) ^ (bytes[start + (index % 4)] ?? 0);
    parts.push(payload);
    at = from + size;
  }
  return Buffer.concat(parts);
}

const closing = (code: number, reason: string): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
};
const words = (values: readonly string[]) =>
  fc.oneof(
    fc
      .constantFrom(
        ...values.flatMap((value) => [
          value,
          value.slice(0, 7),
          value.slice(7),
          `{"auth":"${value}"}`,
          `{"auth":"${value}","note":"${value}"}`,
          Buffer.from(value).toString('base64'),
        ]),
        'hello',
        '',
        'x'.repeat(130),
      )
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom(1000, 1001, 1005, 1006, 1015, 3000, 999, 65_535), fc.constantFrom('', ...values))
      .map(([code, reason]) => closing(code, reason)),
  );
const frames = (values: readonly string[], isMasked: boolean) =>
  fc
    .array(
      fc.record({
        opcode: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(1, 2, 0) },
          { weight: 1, arbitrary: fc.constantFrom(8, 9, 10, 3, 11, 15) },
        ),
        isFinal: fc.oneof(
          { weight: 3, arbitrary: fc.constant(true) },
          { weight: 1, arbitrary: fc.constant(false) },
        ),
        reserved: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
        payload: words(values),
        length: fc.oneof(
          { weight: 8, arbitrary: fc.constant('shortest' as const) },
          { weight: 1, arbitrary: fc.constantFrom('two', 'eight', 'huge', 'more', 'less') },
        ),
        isMasked: fc.oneof(
          { weight: 12, arbitrary: fc.constant(isMasked) },
          { weight: 1, arbitrary: fc.constant(!isMasked) },
        ),
      }),
      { maxLength: 6 },
    )
    .map((shapes) => Buffer.concat(shapes.map((shape) => frame(shape as FrameShape))));

const upgrade = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('/ok/x') },
      { weight: 1, arbitrary: fc.constantFrom('/no', `/ok/${decoy}`, 'https://evil.test/ok/x', '/ok/../no') },
    ),
    fc.oneof({ weight: 6, arbitrary: fc.constant(host) }, { weight: 1, arbitrary: fc.constant('evil.test') }),
    fc.array(
      fc.constantFrom(
        `X-Key: ${decoy}`,
        `X-Other: ${decoy}`,
        'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
        'Sec-WebSocket-Protocol: a, b',
        `Sec-WebSocket-Protocol: ${feedDecoy}`,
        'Content-Length: 3',
      ),
      { maxLength: 2 },
    ),
  )
  .map(([target, name, lines]) => upgradeTo(target, name, lines));
const granted = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ['Sec-WebSocket-Extensions: permessage-deflate'],
      ['Sec-WebSocket-Protocol: c'],
      [`Sec-WebSocket-Protocol: ${secret}`],
      [`X-Echo: ${secret}`],
    ),
  },
);
const gentle = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Mutation[]>([]) },
  { weight: 1, arbitrary: mutations(3) },
);

const bytes: Fuzz = {
  name: 'websocket-bytes',
  property: () =>
    fc.asyncProperty(
      fc.record({
        head: upgrade,
        up: frames([decoy, feedDecoy], true),
        upChanges: gentle,
        headChanges: fc.oneof(
          { weight: 4, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: mutations(2) },
        ),
        cuts: fractions,
        granted,
        down: frames([secret, feedSecret], false),
        downChanges: gentle,
      }),
      async (made) => {
        const answered = mutate(made.down, made.downChanges);
        const { dialled, heads, up, down, events } = await talk({
          sent: Buffer.concat([mutate(made.head, made.headChanges), mutate(made.up, made.upChanges)]),
          cuts: made.cuts,
          granted: made.granted,
          answered,
        });
        if (dialled.some((origin) => origin !== `${host}:443`)) throw new Error(`dialled ${dialled.join()}`);
        if (heads !== '' && !/^GET \/ok\/\S* HTTP\/1\.1\r\n/.test(heads))
          throw new Error(`asked for: ${heads}`);
        for (const value of [decoy, feedDecoy]) {
          if (heads.includes(value)) throw new Error('a decoy went up in the upgrade');
          if (up.includes(value)) throw new Error('a decoy went up in a frame');
        }
        // A close is answered with its own reason.
        if (up.includes(secret) && !answered.includes(secret))
          throw new Error('a secret went up where it has no place');
        for (const value of [secret, feedSecret])
          if (down.includes(value)) throw new Error('a secret came down');
        const joined = events.filter((event) => event.type === 'request.completed' && event.status === 101);
        const ended = events.filter(({ type }) => type === 'socket.closed');
        if (joined.length !== ended.length) throw new Error(`${joined.length} joined, ${ended.length} ended`);
      },
    ),
};

export const socketFuzzes: readonly Fuzz[] = [bytes];
