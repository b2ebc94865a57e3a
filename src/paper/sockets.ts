// WebSockets of the paper exchange: the rim between the library's connections and the venues' sockets, which are pure.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketPlace } from './dialect.js';
import type { OpenPaperSocket, PaperExchange } from './exchange.js';

/** The market has one price a second; it is looked at twice as often. */
const tellEveryMs = 500;
/** OKX takes no longer message; the sidecar sends none. */
const mostMessageBytes = 1_048_576;
/** A client that does not read is cut off, as venues do. */
const mostWaitingBytes = 4 * 1_048_576;

/** Thrown by a socket that ends its connection instead of answering. */
export class SocketEnd extends Error {
  /** The close frame's code; absent where the connection is cut. */
  constructor(readonly code?: number) {
    super('the connection ends');
  }
}

export interface SocketService {
  /** Answers the upgrade with 101, or with 404 where the venue has no socket, and owns the connection from then on. */
  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends what has changed to everybody who listens. */
  tellAll(): void;
  /** Ends every connection. */
  close(): void;
}

export function serveSockets(exchange: Partial<Pick<PaperExchange, 'openSocket'>>): SocketService {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: mostMessageBytes,
  });
  const open = new Map<WebSocket, OpenPaperSocket>();
  let timer: NodeJS.Timeout | undefined;

  const stopWhenIdle = () => {
    if (open.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const tellAll = () => {
    for (const [peer, socket] of open) send(peer, socket, socket.tell());
  };
  const adopt = (peer: WebSocket, socket: OpenPaperSocket) => {
    open.set(peer, socket);
    timer ??= setInterval(tellAll, tellEveryMs);
    // The close that follows says all that matters.
    peer.on('error', () => undefined);
    peer.on('close', () => {
      open.delete(peer);
      stopWhenIdle();
    });
    peer.on('message', (data: Buffer, isBinary: boolean) => {
      const text = isBinary === (socket.frames?.read !== undefined) ? textOf(data, socket) : undefined;
      if (text === undefined) {
        peer.close(1003);
        return;
      }
      try {
        send(peer, socket, socket.hear(text));
      } catch (thrown) {
        if (!(thrown instanceof SocketEnd)) throw thrown;
        end(peer, thrown);
      }
      tellAll();
    });
  };

  return {
    accept(incoming, socket, head) {
      // The client may go at any time; nobody is left to be told.
      socket.on('error', () => undefined);
      const opened = exchange.openSocket?.(placeOf(incoming));
      if (opened === undefined) {
        socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(incoming, socket, head, (peer) => adopt(peer, opened));
    },
    tellAll,
    close() {
      clearInterval(timer);
      for (const peer of open.keys()) peer.terminate();
      open.clear();
    },
  };
}

/** Host without port and in small letters, path, query, content type and cookie of a request's head. */
export function placeOf(incoming: IncomingMessage): SocketPlace {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const [host = ''] = (incoming.headers.host ?? '').toLowerCase().split(':');
  const contentType = incoming.headers['content-type']?.toLowerCase();
  const { cookie } = incoming.headers;
  return {
    host,
    ...(contentType === undefined ? {} : { contentType }),
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    ...(cookie === undefined ? {} : { cookie }),
  };
}

function end(peer: WebSocket, { code }: SocketEnd): void {
  if (code === undefined) peer.terminate();
  else peer.close(code);
}

function textOf(data: Buffer, { frames }: OpenPaperSocket): string | undefined {
  return frames?.read === undefined ? data.toString('utf8') : frames.read(data);
}

function send(peer: WebSocket, { frames }: OpenPaperSocket, messages: readonly string[]): void {
  for (const message of messages) peer.send(frames === undefined ? message : frames.write(message));
  if (peer.bufferedAmount > mostWaitingBytes) peer.terminate();
}
