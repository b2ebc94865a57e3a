// HTTP/2 frames by hand (RFC 9113 section 4.1), for peers that do what Node's own would not.
import type tls from 'node:tls';

export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, pushPromise: 5 };
export const frameFlags = { ack: 1, endStream: 1, endHeaders: 4 };

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields of a header block, each new and not indexed (RFC 7541 section 6.2.2); names and values below 127 bytes. */
export function literals(fields: Readonly<Record<string, string>>): Buffer {
  const text = (value: string): Buffer[] => [Buffer.from([value.length]), Buffer.from(value, 'latin1')];
  const one = ([name, value]: [string, string]): Buffer[] => [
    Buffer.from([0]),
    ...text(name),
    ...text(value),
  ];
  return Buffer.concat(Object.entries(fields).flatMap(one));
}

/** `:status: 200` as a header block. */
export const ok = Buffer.from([0x88]);

/**
 * A server of frames: says its settings, and has each request's stream answered when its head has come. Unless `isAcknowledging`, it never
 * says that it has seen the client's settings.
 */
export function answerFrames(
  answer: (socket: tls.TLSSocket, stream: number) => void,
  isAcknowledging = true,
): (socket: tls.TLSSocket) => void {
  return (socket) => {
    let bytes: Buffer = Buffer.alloc(0);
    let isGreeted = false;
    socket.write(frame(frameTypes.settings, 0, 0));
    socket.on('data', (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      if (!isGreeted && bytes.length < preface.length) return;
      if (!isGreeted) bytes = bytes.subarray(preface.length);
      isGreeted = true;
      while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const [type, flags] = [bytes.readUInt8(3), bytes.readUInt8(4)];
        const stream = bytes.readUInt32BE(5);
        bytes = bytes.subarray(9 + bytes.readUIntBE(0, 3));
        const isSettings = type === frameTypes.settings && (flags & frameFlags.ack) === 0;
        if (isSettings && isAcknowledging) socket.write(frame(frameTypes.settings, frameFlags.ack, 0));
        if (type === frameTypes.headers) answer(socket, stream);
      }
    });
  };
}
