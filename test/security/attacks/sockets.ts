// ATTACKS B2, B9 on WebSockets: a key in frames of every make to a host where it does not belong, and an upstream that reflects it in frames.
import { randomBytes } from 'node:crypto';
import { spellingsOf } from '../../support/hunt.js';
import { type Attack, variant } from './attack.js';
import { keyOf } from './names.js';
import { type Frame, type Heard, run, type Sending, text } from './socket-client.js';

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
    const [socket, declined] = await run(place, 'mirror.desk.test', list);
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
