// A WebSocket client of the attacker's, by hand: any frame, any fragment, any make. Part of it runs in a container.
import type { Place, Upstream } from './place.js';
import type { Tools } from './tools.js';

/** One frame of the agent, masked unless told otherwise. */
export interface Frame {
  opcode: number;
  /** latin1. */
  payload: string;
  isFinal?: boolean;
  /** RSV1, with a deflated payload (RFC 7692). */
  isDeflated?: boolean;
  isBare?: boolean;
}

export interface Sending {
  name: string;
  target: string;
  fields?: readonly string[];
  frames: readonly Frame[];
  /** Frames are written byte by byte, each in a TLS record of its own. */
  isBytewise?: boolean;
}

export interface Heard {
  /** Status of the answer to the upgrade; 0 without one. */
  status: number;
  /** Payloads of the frames that came, or what came instead of them; latin1. */
  text: string;
  /** Opcodes of the frames that came. */
  opcodes: number[];
}

/**
 * Opens a WebSocket for each, by hand, sends its frames, and gives what came back until the end: when each has sent all of its frames
 * and nothing has happened on any of them for `waitMs`. Runs in a container.
 */
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
    const { length: size } = body;
    const wide = [127, 0, 0, 0, 0, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255];
    const length = size < 126 ? [size] : size < 65_536 ? [126, size >> 8, size & 255] : wide;
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
  /** Waits for an upgrade's answer longer than for one more frame: all sessions begin at once. */
  const mostMs = 4 * waitMs * tools.slowness;
  // Counted in looks, each behind a reading of all sockets: a program that was held up has not heard silence.
  const tickMs = 50;
  const silence = (waitMs * Math.min(tools.slowness, 2)) / tickMs;
  let silentTicks = 0;
  const stir = () => {
    silentTicks = 0;
  };
  let unsent = list.length;
  const ends = new Set<() => void>();
  const watch = setInterval(() => {
    silentTicks += 1;
    if (unsent === 0 && silentTicks > silence) for (const end of ends) end();
  }, tickMs);
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
      let isSent = false;
      const sent = () => {
        stir();
        if (!isSent) unsent -= 1;
        isSent = true;
      };
      const end = () => {
        clearTimeout(timer);
        ends.delete(end);
        sent();
        socket.destroy();
        const head = bytes.indexOf('\r\n\r\n');
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString('latin1'))?.[1] ?? 0);
        if (status !== 101) resolve({ status, text: bytes.toString('latin1'), opcodes: [] });
        else {
          const { text, opcodes } = readFrames(bytes.subarray(head + 4));
          resolve({ status, text: bytes.subarray(0, head).toString('latin1') + text, opcodes });
        }
      };
      const timer = setTimeout(end, mostMs);
      ends.add(end);
      let isUpgraded = false;
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', end);
      socket.on('data', (chunk) => {
        stir();
        bytes = Buffer.concat([bytes, chunk]);
        if (isUpgraded || !bytes.includes('\r\n\r\n')) return;
        isUpgraded = true;
        if (!bytes.toString('latin1').startsWith('HTTP/1.1 101')) return sent();
        const all = Buffer.concat(frames.map(frameBytes));
        if (isBytewise === true) for (const byte of all) socket.write(Buffer.from([byte]));
        else socket.write(all);
        socket.write('', sent);
      });
      const handshake = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
      const key = `Sec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}`;
      const offer =
        'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover';
      const head = [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...handshake, key, offer, ...fields];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
    });
  return Promise.all(list.map(one)).finally(() => clearInterval(watch));
}

/** Opens a WebSocket for each, sends its frames and listens until nothing has come for so long. */
export const run = (place: Place, host: string, list: readonly Sending[], waitMs = 1500) =>
  place.run(converse, { list, upstream: place.upstream(host), waitMs });

export const text = (payload: string): Frame => ({ opcode: 1, payload });
