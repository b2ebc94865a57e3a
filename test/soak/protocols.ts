// The other protocols of one box in a soak: WebSockets, HTTP/2, gRPC, compressed answers and their parts, large uploads. Every byte that
// comes back is compared. Its text runs inside the agent container: nothing in it may refer to anything outside it.
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import type { WorkerReport } from './worker.js';

/** What `speak` counts, and what each must have achieved once at least. */
export const protocolKinds = ['websocket', 'http2', 'grpc', 'packed', 'packed part', 'upload'] as const;

interface Options {
  seconds: number;
  workers: number;
  hosts: { api: string; grpc: string };
  /** What the key's holder is told of it: the reflection with the key masked. */
  reflected: string;
}

export async function speak(
  { require }: { require: NodeJS.Require },
  { seconds, workers, hosts, reflected }: Options,
): Promise<WorkerReport> {
  const crypto = require('node:crypto') as typeof import('node:crypto');
  const http2 = require('node:http2') as typeof import('node:http2');
  const report: WorkerReport = { requests: 0, outcomes: {}, broken: [] };
  const end = Date.now() + seconds * 1000;
  const count = (kind: string) => {
    report.outcomes[kind] = (report.outcomes[kind] ?? 0) + 1;
  };
  const own = { authorization: `Bearer ${process.env.SOAK_KEY ?? ''}` };
  const waitMs = 20_000;

  /** What came is what was to come, and nothing else. */
  const compare = (kind: string, came: Buffer | string, wanted: Buffer | string) => {
    const bytes = Buffer.from(came as string);
    const texts = report.broken;
    if (bytes.includes('sk-real-')) texts.push(`${kind}: the real key came back`);
    if (!bytes.equals(Buffer.from(wanted as string)))
      texts.push(`${kind}: ${bytes.length} wrong bytes came: ${bytes.subarray(-120).toString('latin1')}`);
    texts.splice(50);
  };

  const webSocket = () =>
    new Promise<number>((resolve) => {
      // Of Node 22 and later; with the fields of undici's own, which the standard has not.
      const { WebSocket } = globalThis as unknown as {
        WebSocket: new (url: string, options: object) => SoakSocket;
      };
      interface SoakSocket {
        binaryType: string;
        send(data: string | Buffer): void;
        close(): void;
        addEventListener(name: string, hear: (event: { data: string | ArrayBuffer }) => void): void;
      }
      const socket = new WebSocket(`wss://${hosts.api}/socket`, { headers: own });
      socket.binaryType = 'arraybuffer';
      const sent = Array.from({ length: 6 }, (_, index) => {
        const bytes = crypto.randomBytes(1 + Math.floor(Math.random() * 40_000));
        return index % 2 === 0 ? bytes.toString('hex') : bytes;
      });
      const wanted: (string | Buffer)[] = [reflected, ...sent];
      const timer = setTimeout(() => socket.close(), waitMs);
      socket.addEventListener('open', () => sent.forEach((one) => void socket.send(one)));
      socket.addEventListener('message', ({ data }) => {
        compare('websocket', typeof data === 'string' ? data : Buffer.from(data), wanted.shift() ?? '');
        if (wanted.length === 0) socket.close();
      });
      socket.addEventListener('error', () => {});
      socket.addEventListener('close', () => {
        clearTimeout(timer);
        resolve(wanted.length === 0 ? 101 : 0);
      });
    });

  const inSession = async (host: string, talk: (session: ClientHttp2Session) => Promise<number>) => {
    const session = http2.connect(`https://${host}`);
    session.on('error', () => {});
    const timer = setTimeout(() => session.destroy(), waitMs);
    try {
      return await talk(session);
    } finally {
      clearTimeout(timer);
      session.destroy();
    }
  };
  const overHttp2 = (session: ClientHttp2Session, fields: OutgoingHttpHeaders, body: Buffer) =>
    new Promise<{ status: number; bytes: Buffer; trailers: Record<string, unknown> }>((resolve) => {
      const stream = session.request({ ...own, ...fields }, { endStream: false });
      const pieces: Buffer[] = [];
      let status = 0;
      let trailers = {};
      let isWhole = false;
      stream.on('response', (head) => {
        status = Number(head[':status'] ?? 0);
      });
      stream.on('trailers', (given) => {
        trailers = given;
      });
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        isWhole = true;
      });
      stream.on('error', () => {});
      stream.on('close', () =>
        resolve({ status: isWhole ? status : 0, bytes: Buffer.concat(pieces), trailers }),
      );
      stream.end(body);
    });
  const streams = () =>
    inSession(hosts.api, async (session) => {
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, index) => {
          const body = index % 2 === 0 ? Buffer.alloc(0) : crypto.randomBytes(30_000);
          const method = index % 2 === 0 ? 'GET' : 'POST';
          return overHttp2(session, { ':method': method, ':path': '/ok' }, body);
        }),
      );
      report.requests += answers.length - 1;
      for (const { status, bytes } of answers) if (status === 200) compare('http2', bytes, reflected);
      return answers.every(({ status }) => status === 200) && session.alpnProtocol === 'h2' ? 200 : 0;
    });
  /** Length-prefixed, not compressed. */
  const message = (payload: Buffer) => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(payload.length, 1);
    return Buffer.concat([head, payload]);
  };
  const grpc = () =>
    inSession(hosts.grpc, async (session) => {
      const sent = message(crypto.randomBytes(1 + Math.floor(Math.random() * 200_000)));
      const fields = {
        ':method': 'POST',
        ':path': '/soak.Echo/Say',
        'content-type': 'application/grpc',
        te: 'trailers',
      };
      const { status, bytes, trailers } = await overHttp2(session, fields, sent);
      if (status !== 200) return 0;
      compare('grpc', bytes, Buffer.concat([sent, message(Buffer.from(reflected))]));
      if (trailers['grpc-status'] !== '0') report.broken.push('grpc: its trailers are not those sent');
      return 200;
    });

  const fetched = async (kind: string, path: string, init: RequestInit, wanted: string) => {
    try {
      const url = `https://${hosts.api}${path}`;
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(waitMs) });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status === 200) compare(kind, bytes, wanted);
      return answer.status;
    } catch {
      return 0;
    }
  };
  const packed = (part?: string) => {
    const coding = ['gzip', 'deflate', 'br'][Math.floor(Math.random() * 3)] ?? 'gzip';
    const headers = part === undefined ? own : { ...own, range: part };
    const kind = part === undefined ? 'packed' : 'packed part';
    return fetched(kind, `/packed?${coding}`, { headers }, 'x'.repeat(200_000) + reflected);
  };
  const upload = () => {
    const body = crypto.randomBytes(Math.round((4 + Math.random() * 16) * 1_000_000));
    const hash = crypto.createHash('sha256').update(body).digest('hex');
    return fetched('upload', '/upload', { method: 'POST', headers: own, body }, hash + reflected);
  };

  const shares: [number, string, () => Promise<number>][] = [
    [0.3, 'websocket', webSocket],
    [0.55, 'http2', streams],
    [0.75, 'grpc', grpc],
    [0.87, 'packed', () => packed()],
    [0.96, 'packed part', () => packed('bytes=100-999')],
    [1, 'upload', upload],
  ];
  const worker = async () => {
    while (Date.now() < end) {
      const chance = Math.random();
      const [, kind, act] = shares.find(([upTo]) => chance < upTo) ?? [1, 'upload', upload];
      const status = await act();
      report.requests += 1;
      count(`${kind} ${status}`);
      if (status !== 101 && status !== 200) count(`${kind} failed`);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return report;
}
