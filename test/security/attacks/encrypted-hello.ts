// ATTACKS A7: a ClientHello with the encrypted_client_hello extension (RFC 9849): an outer name for who decides, an inner one for who
// could open it. Here nobody can: what counts is that the outer name alone decides, and that nothing is dialled beyond it.
import { randomBytes } from 'node:crypto';
import { type Variant, variant } from './attack.js';
import type { Place } from './place.js';
import { proxyOf, type World } from './world.js';

const allowed = 'mirror.desk.test';
const unlisted = 'evil.desk.test';

/** Each by CONNECT to the allowed host, or at the sidecar's own door: what it was answered, and which names were dealt with. */
export async function encryptedHello(place: Place, world: World): Promise<Variant[]> {
  const isBox = place.kind === 'box';
  const events = isBox ? (await world.box.journal()).length : 0;
  const cases = [
    { name: 'ECH: outer name unlisted, inner allowed', outer: unlisted, inner: allowed, isDoor: false },
    { name: 'the same without CONNECT', outer: unlisted, inner: allowed, isDoor: true },
    { name: 'ECH: outer name allowed, inner unlisted', outer: allowed, inner: unlisted, isDoor: false },
    { name: 'the same without CONNECT', outer: allowed, inner: unlisted, isDoor: true },
  ].filter(({ isDoor }) => isBox || !isDoor);
  const answers = await place.run(
    (tools, { list, proxy, door, target }) =>
      Promise.all(
        list.map(async ({ hello, isDoor }) => {
          const net = tools.require('node:net') as typeof import('node:net');
          const at = isDoor ? door : proxy;
          const [address = '', port = ''] = at.split(':');
          const socket = net.connect(Number(port), address);
          socket.on('error', () => {});
          let text = '';
          const heard = (isEnough: () => boolean, ms: number) =>
            new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, ms * tools.slowness);
              const check = () => {
                if (!isEnough() && !socket.destroyed) return;
                clearTimeout(timer);
                resolve();
              };
              socket.on('data', check);
              socket.on('close', check);
            });
          socket.on('data', (chunk) => {
            text += chunk.toString('latin1');
          });
          if (!isDoor) {
            socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
            await heard(() => text.includes('\r\n\r\n'), 3000);
            if (!text.startsWith('HTTP/1.1 200')) return `no tunnel: ${text.slice(0, 40)}`;
            text = '';
          }
          socket.write(Buffer.from(hello, 'base64'));
          await heard(() => text.length > 400, 1500);
          socket.destroy();
          return text;
        }),
      ),
    {
      list: cases.map(({ outer, inner, isDoor }) => ({
        hello: clientHello(outer, inner).toString('base64'),
        isDoor,
      })),
      proxy: proxyOf(place, world),
      door: `${world.sidecarAddress}:443`,
      target: `${allowed}:443`,
    },
  );
  const later = isBox ? await world.journalSince(events) : [];
  const isLetOut = later.some(({ verdict, host }) => verdict === 'allow' && host === unlisted);
  return cases.map(({ name, outer }, index) => {
    const answer = answers[index] ?? '';
    if (answer.startsWith('no tunnel')) throw new Error(answer);
    // The certificate crosses in clear text in TLS 1.2: it tells for whom the session would be.
    const isServed = answer.charCodeAt(0) === 22;
    if (outer === allowed && !isServed) throw new Error(`${name}: the outer name was not served either`);
    const isBeyond = outer === unlisted ? isServed : isBox && (answer.includes(unlisted) || isLetOut);
    return variant(name, isBeyond && `${name}: served`, isServed ? 'treated as its outer name' : 'refused');
  });
}

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const sized = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes]);
const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), sized(body)]);

/** A TLS 1.2 ClientHello (RFC 5246 section 7.4.1.2) with SNI `outer` and an outer ECH extension whose payload holds `inner`. */
function clientHello(outer: string, inner: string): Buffer {
  const serverName = sized(Buffer.concat([Buffer.from([0]), sized(Buffer.from(outer))]));
  // Outer: HKDF-SHA256 with AES-128-GCM, a configuration's number, a key share, the payload.
  const ech = Buffer.concat([
    Buffer.from([0, 0, 1, 0, 1, 7]),
    sized(randomBytes(32)),
    sized(Buffer.concat([Buffer.from(inner), randomBytes(128)])),
  ]);
  const extensions = Buffer.concat([
    extension(0, serverName),
    extension(0xfe0d, ech),
    // Groups P-256 and x25519; points uncompressed; ECDSA and RSA with SHA-256.
    extension(10, sized(Buffer.concat([u16(23), u16(29)]))),
    extension(11, Buffer.from([1, 0])),
    extension(13, sized(Buffer.concat([u16(0x0403), u16(0x0804), u16(0x0401)]))),
  ]);
  const suites = sized(Buffer.concat([u16(0xc02b), u16(0xc02f), u16(0xc02c), u16(0xc030)]));
  const body = Buffer.concat([
    u16(0x0303),
    randomBytes(32),
    Buffer.from([0]),
    suites,
    Buffer.from([1, 0]),
    sized(extensions),
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0]), sized(body)]);
  return Buffer.concat([Buffer.from([22]), u16(0x0301), sized(handshake)]);
}
