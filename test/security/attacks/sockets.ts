// ATTACKS B2, B9 on WebSockets: a key in frames of every make to a host where it does not belong, and an upstream that reflects it in frames.
import { randomBytes } from 'node:crypto';
import { spellingsOf } from '../../support/hunt.js';
import { type Attack, variant } from './attack.js';
import { keyOf } from './names.js';
import type { Place, Upstream } from './place.js';
import type { Tools } from './tools.js';

/** One frame of the agent, masked unless told otherwise. */
interface Frame {
  opcode: number;
  /** latin1. */
  payload: string;
  isFinal?: boolean;
  /** RSV1, with a deflated payload (RFC 7692). */
  isDeflated?: boolean;
  isBare?: boolean;
}

interface Sending {
  name: string;
  target: string;
  fields?: readonly string[];
  frames: readonly Frame[];
  /** Frames are written byte by byte, each in a TLS record of its own. */
  isBytewise?: boolean;
}

interface Heard {
  /** Status of the answer to the upgrade; 0 without one. */
  status: number;
  /** Payloads of the frames that came, or what came instead of them; latin1. */
  text: string;
  /** Opcodes of the frames that came. */
  opcodes: number[];
}

/** Opens a WebSocket for each, by hand, sends its frames, and gives what came back until the end or the time. Runs in a container. */
async function converse(
  tools: Tools,
  { list, upstream, waitMs }: { list: readonly Sending[]; upstream: Upstream; waitMs: number },
): Promise<Heard[]> {
  const nodeTls = tools.require('node:tls') as typeof import('node:tls');
  const zlib = tools.require('node:zlib') as typeof import('node:zlib');
  const frameBytes = ({
    opcode,
    payload,
    isFinal = true,
    isDeflated = false,
    isBare = false,
  }: Frame): Buffer => {
    const plain = Buffer.from(payload, 'latin1');
    // The four bytes 00 00 FF FF at the end of a flushed block are left out.
    const body = isDeflated
      ? zlib.deflateRawSync(plain, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).subarray(0, -4)
      : plain;
    const first = (isFinal ? 128 : 0) | (isDeflated ? 64 : 0) | opcode;
    const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 255];
    if (isBare) return Buffer.concat([Buffer.from([first, ...length]), body]);
    const mask = Buffer.from([0x5a, 0xa5, 0x0f, 0xf0]);
    const masked = body.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    return Buffer.concat([Buffer.from([first, 128 | (length[0] ?? 0), ...length.slice(1)]), mask, masked]);
  };
  /** Takes the upstream's frames apart; compressed ones are inflated. */
  const readFrames = (bytes: Buffer): Omit<Heard, 'status'> => {
    const opcodes: number[] = [];
    let text = '';
    let at = 0;
    while (at + 2 <= bytes.length) {
      const [first = 0, second = 0] = bytes.subarray(at);
      let length = second & 127;
      at += 2;
      if (length === 126) {
        length = bytes.readUInt16BE(at);
        at += 2;
      } else if (length === 127) {
        length = Number(bytes.readBigUInt64BE(at));
        at += 8;
      }
      const body = bytes.subarray(at, at + length);
      at += length;
      opcodes.push(first & 15);
      const tail = Buffer.from([0, 0, 255, 255]);
      const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
      const opened = (first & 64) === 0 ? body : zlib.inflateRawSync(Buffer.concat([body, tail]), options);
      text += opened.toString('latin1');
    }
    return { text, opcodes };
  };
  const one = ({ target, fields = [], frames, isBytewise }: Sending): Promise<Heard> =>
    new Promise((resolve) => {
      const { host, port, address } = upstream;
      const socket = nodeTls.connect({
        host: address ?? host,
        port,
        servername: host,
        rejectUnauthorized: false,
      });
      let bytes = Buffer.alloc(0);
      const end = () => {
        clearTimeout(timer);
        socket.destroy();
        const head = bytes.indexOf('\r\n\r\n');
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString('latin1'))?.[1] ?? 0);
        if (status !== 101) resolve({ status, text: bytes.toString('latin1'), opcodes: [] });
        else {
          const { text, opcodes } = readFrames(bytes.subarray(head + 4));
          resolve({ status, text: bytes.subarray(0, head).toString('latin1') + text, opcodes });
        }
      };
      const timer = setTimeout(end, waitMs);
      let isUpgraded = false;
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', end);
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (isUpgraded || !bytes.includes('\r\n\r\n')) return;
        isUpgraded = true;
        if (!bytes.toString('latin1').startsWith('HTTP/1.1 101')) return;
        const all = Buffer.concat(frames.map(frameBytes));
        if (isBytewise === true) for (const byte of all) socket.write(Buffer.from([byte]));
        else socket.write(all);
      });
      const handshake = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
      const key = `Sec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}`;
      const offer =
        'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover';
      const head = [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...handshake, key, offer, ...fields];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
    });
  return Promise.all(list.map(one));
}

const run = (place: Place, host: string, list: readonly Sending[], waitMs = 1500) =>
  place.run(converse, { list, upstream: place.upstream(host), waitMs });

const text = (payload: string): Frame => ({ opcode: 1, payload });
const wrong = 'other.desk.test';

const frames: Attack = {
  id: 'B2-WS',
  title:
    'the key over a WebSocket: subscribed with, split over frames and messages, compressed, in control frames',
  control: 'plain',
  async attempt(place, world) {
    const key = await keyOf(place);
    const mark = randomBytes(6).toString('hex');
    const at = (index: number) => `/open/${mark}-${index}-`;
    const half = key.length >> 1;
    const [left, right] = [key.slice(0, half), key.slice(half)];
    const escaped = [...key].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join('');
    const pieces = [...key].map((one, index) => ({
      opcode: index === 0 ? 1 : 0,
      payload: one,
      isFinal: index === key.length - 1,
    }));
    const makes: [string, readonly Frame[], Partial<Sending>?][] = [
      ['a subscription', [text(JSON.stringify({ op: 'subscribe', args: [{ channel: 'x', token: key }] }))]],
      ['a binary message', [{ opcode: 2, payload: key }]],
      [
        'two fragments',
        [
          { opcode: 1, payload: left, isFinal: false },
          { opcode: 0, payload: right },
        ],
      ],
      ['fragments of one byte', pieces],
      [
        'a ping between two fragments',
        [
          { opcode: 1, payload: left, isFinal: false },
          { opcode: 9, payload: '' },
          { opcode: 0, payload: right },
        ],
      ],
      ['two messages', [text(left), text(right)]],
      ['a compressed message', [{ opcode: 1, payload: `{"k":"${key}"}`, isDeflated: true }]],
      ['a message without a mask', [{ opcode: 1, payload: key, isBare: true }]],
      ['records of one byte', [text(key)], { isBytewise: true }],
      ['JSON escapes', [text(`{"k":"${escaped}"}`)]],
      ['base64', [text(Buffer.from(`k=${key}`).toString('base64'))]],
      ['hexadecimal', [text(Buffer.from(key).toString('hex'))]],
      ['a ping', [{ opcode: 9, payload: key }]],
      ['a pong', [{ opcode: 10, payload: key }]],
      ['the reason of a close', [{ opcode: 8, payload: `\x0b\xb8${key}` }]],
      ['a subprotocol', [], { fields: [`Sec-WebSocket-Protocol: ${key}`] }],
      ['a field of the upgrade', [], { fields: [`X-Note: ${key}`] }],
      ['the query of the upgrade', [], { target: `${at(17)}?k=${key}` }],
    ];
    const list = makes.map(([name, sent, more], index) => ({
      name,
      target: at(index),
      frames: sent,
      ...more,
    }));
    const harmless: Sending = { name: 'harmless', target: at(makes.length), frames: [text('hello')] };
    const heard = await run(place, wrong, [...list, harmless]);
    const last = heard.at(-1);
    if (last?.status !== 101 || !last.text.includes('taken'))
      throw new Error(`a harmless message is not answered: ${last?.status}`);
    const spellings = [...Object.values(spellingsOf(key)), Buffer.from(escaped)];
    // What stands around a key in base64 moves its bytes: compared as it was sent.
    const sentBase64 = Buffer.from(Buffer.from(`k=${key}`).toString('base64'));
    return list.map(({ name }, index) => {
      const told = Buffer.from(world.seen(`${mark}-${index}-`).join('\n'));
      const isThere = [...spellings, sentBase64].some((needle) => told.includes(needle));
      const { status = 0, opcodes = [] } = heard[index] ?? {};
      const how =
        status === 101 ? `the socket was closed${opcodes.includes(8) ? '' : ' without a word'}` : `${status}`;
      return variant(name, isThere && `${name}: the key arrived`, how);
    });
  },
};

const reflected: Attack = {
  id: 'B9-WS',
  title:
    'an upstream that reflects the key over a WebSocket: text, binary, fragments, compressed, control frames, a refusal',
  control: 'plain',
  async attempt(place, world) {
    const own = [`Authorization: Bearer ${await keyOf(place)}`];
    const list = ['socket', 'declined'].map((name) => ({
      name,
      target: `/mirror/${name}`,
      fields: own,
      frames: [],
    }));
    const [socket, declined] = await run(place, 'mirror.desk.test', list, 3000);
    if (socket?.status !== 101 || !socket.opcodes.includes(1))
      throw new Error(`no messages came: ${socket?.status}`);
    if (declined?.status !== 403) throw new Error(`no refusal came: ${declined?.status}`);
    const spellings = Object.entries(spellingsOf(world.secrets.api)).filter(
      ([name]) => !['reversed', 'utf-16le'].includes(name),
    );
    const foundIn = (heard: Heard) =>
      spellings
        .filter(([, needle]) => Buffer.from(heard.text, 'latin1').includes(needle))
        .map(([name]) => name);
    return [
      variant(
        'messages',
        foundIn(socket).length > 0 && `messages: the key came back (${foundIn(socket)[0]})`,
        'masked',
      ),
      variant(
        'a refused upgrade',
        foundIn(declined).length > 0 && 'the refusal held the key',
        'only the status passes',
      ),
    ];
  },
};

export const socketAttacks: readonly Attack[] = [frames, reflected];
