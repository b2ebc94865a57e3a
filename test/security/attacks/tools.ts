// What an attacker's program has at hand inside a container: raw sockets of TCP, UDP and TLS, a shell. Its text is sent there and
// run by Node, so nothing in it may refer to anything outside it.
import type { Socket } from 'node:net';

export interface TlsOptions {
  host: string;
  port?: number;
  /** Address to connect to; that of `host` when absent. */
  address?: string;
  /** SNI; `host` when absent, none when empty. */
  servername?: string;
  /** Bytes sent once the session stands: whole, or in pieces. */
  send: string | string[];
  /** Milliseconds between the pieces. */
  pauseMs?: number;
  /** A CONNECT proxy, `address:port`, and the target it is told; `host:port` when absent. */
  proxy?: string;
  target?: string;
  timeoutMs?: number;
}

/** Runs inside a container. Texts are latin1, so that every byte is kept. */
export interface Tools {
  require: NodeJS.Require;
  /** Every time is so many times longer where QEMU translates. */
  slowness: number;
  /** What came within the time; undefined when nobody accepted. */
  tcp(host: string, port: number, send?: string | string[], timeoutMs?: number): Promise<string | undefined>;
  /** The first datagram that came back. */
  udp(host: string, port: number, payload: Buffer, timeoutMs?: number): Promise<Buffer | undefined>;
  /** What came back over TLS; `error: …` when no session stood. Certificates are not verified. */
  tls(options: TlsOptions): Promise<string>;
  /** Ends and output of a shell line. */
  sh(line: string, timeoutMs?: number): Promise<{ code: number; output: string }>;
  /** A DNS query for one name. */
  query(name: string, type: number): Buffer;
}

export function makeTools(require: NodeJS.Require, slowness: number): Tools {
  const net = require('node:net') as typeof import('node:net');
  const nodeTls = require('node:tls') as typeof import('node:tls');
  const dgram = require('node:dgram') as typeof import('node:dgram');
  const { execFile } = require('node:child_process') as typeof import('node:child_process');
  /** Sends the pieces and collects until an HTTP answer looks whole, the end, or the time. */
  const converse = (socket: Socket, send: string | string[], pauseMs: number, timeoutMs: number) =>
    new Promise<string>((resolve) => {
      let text = '';
      const end = () => {
        clearTimeout(timer);
        socket.destroy();
        resolve(text);
      };
      const timer = setTimeout(end, timeoutMs * slowness);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        const head = text.indexOf('\r\n\r\n');
        const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1];
        const isWhole =
          length === undefined ? /\r\n0\r\n\r\n$/.test(text) : text.length >= head + 4 + Number(length);
        if (head > 0 && isWhole) end();
      });
      socket.on('error', (error) => {
        if (text === '') text = `error: ${(error as NodeJS.ErrnoException).code ?? error.message}`;
      });
      socket.on('close', end);
      const pieces = typeof send === 'string' ? [send] : [...send];
      const next = () => {
        const piece = pieces.shift();
        if (piece === undefined || socket.destroyed) return;
        socket.write(Buffer.from(piece, 'latin1'));
        if (pauseMs === 0) next();
        else setTimeout(next, pauseMs);
      };
      next();
    });
  const connect = (host: string, port: number, timeoutMs: number) =>
    new Promise<Socket | undefined>((resolve) => {
      const socket = net.connect({ host, port });
      socket.setNoDelay(true);
      const fail = () => {
        socket.destroy();
        resolve(undefined);
      };
      const timer = setTimeout(fail, timeoutMs * slowness);
      socket.once('error', fail);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeListener('error', fail);
        socket.on('error', () => {});
        resolve(socket);
      });
    });
  const tools: Tools = {
    require,
    slowness,
    async tcp(host, port, send = '', timeoutMs = 1500) {
      const socket = await connect(host, port, timeoutMs);
      return socket === undefined ? undefined : converse(socket, send, 0, timeoutMs);
    },
    udp(host, port, payload, timeoutMs = 700) {
      return new Promise((resolve) => {
        const socket = dgram.createSocket('udp4');
        const end = (data?: Buffer) => {
          clearTimeout(timer);
          socket.close();
          resolve(data);
        };
        const timer = setTimeout(end, timeoutMs * slowness);
        socket.once('message', end);
        socket.once('error', () => end());
        socket.send(payload, port, host, (error) => {
          if (error) end();
        });
      });
    },
    async tls(options) {
      const { host, port = 443, timeoutMs = 4000 } = options;
      const [proxyHost, proxyPort] = options.proxy?.split(':') ?? [];
      const raw =
        proxyHost === undefined
          ? await connect(options.address ?? host, port, timeoutMs)
          : await connect(proxyHost, Number(proxyPort), timeoutMs);
      if (raw === undefined) return 'error: not connected';
      if (proxyHost !== undefined) {
        const target = options.target ?? `${host}:${port}`;
        raw.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
        const reply = await new Promise<string>((resolve) => {
          raw.once('data', (chunk) => resolve(chunk.toString('latin1')));
          raw.once('close', () => resolve('closed'));
          setTimeout(() => resolve('silence'), timeoutMs * slowness);
        });
        if (!reply.startsWith('HTTP/1.1 200')) {
          raw.destroy();
          return `error: CONNECT ${reply.slice(0, 40).split('\r\n')[0]}`;
        }
      }
      const servername = options.servername ?? host;
      const session = nodeTls.connect({
        socket: raw,
        rejectUnauthorized: false,
        ...(servername === '' ? {} : { servername }),
      });
      const problem = await new Promise<string | undefined>((resolve) => {
        session.once('secureConnect', () => resolve(undefined));
        session.once('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
        session.once('close', () => resolve('closed'));
        setTimeout(() => resolve('silence'), timeoutMs * slowness);
      });
      if (problem !== undefined) {
        session.destroy();
        return `error: ${problem}`;
      }
      return converse(session, options.send, options.pauseMs ?? 0, timeoutMs);
    },
    sh(line, timeoutMs = 8000) {
      return new Promise((resolve) => {
        execFile(
          'sh',
          ['-c', line],
          { timeout: timeoutMs * slowness, killSignal: 'SIGKILL' },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
            resolve({ code, output: `${stdout}${stderr}`.slice(0, 20_000) });
          },
        );
      });
    },
    query(name, type) {
      const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
      return Buffer.from([
        0x12,
        0x34,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        ...labels,
        0,
        type >> 8,
        type & 255,
        0,
        1,
      ]);
    },
  };
  return tools;
}
