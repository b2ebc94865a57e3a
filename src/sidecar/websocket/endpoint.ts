// The two ends of a WebSocket: the agent's, on its own socket, and the upstream's. The sidecar's one home of the library.
import type { IncomingMessage } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

export type Peer = WebSocket;

/** Bounds that keep a peer's memory small whatever comes in. */
export interface PeerLimits {
  /** Longest message, in bytes, over all its fragments, above 0; the library ends the connection with 1009 beyond it. */
  maxMessageBytes: number;
}

const maxFragments = 4096;

/** Nothing is compressed on either side: what passes can be read. Pings are passed on, not answered; the library takes 125 bytes at most in each (RFC 6455 section 5.5). */
const plain = ({ maxMessageBytes }: PeerLimits) => ({
  perMessageDeflate: false,
  autoPong: false,
  // The library reads 0 as no bound at all.
  maxPayload: Math.max(maxMessageBytes, 1),
  maxFragments,
  maxBufferedChunks: 16_384,
  closeTimeout: 5_000,
});

/** Answers the agent's upgrade with 101 and takes its socket over; undefined when the agent is gone. Paused. */
export function acceptPeer(
  socket: Duplex,
  handshake: { path: string; key: string; protocol: string },
  limits: PeerLimits,
): Peer | undefined {
  const server = new WebSocketServer({
    ...plain(limits),
    noServer: true,
    clientTracking: false,
  });
  const headers: Record<string, string> = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': handshake.key,
    'sec-websocket-version': '13',
  };
  if (handshake.protocol !== '') headers['sec-websocket-protocol'] = handshake.protocol;
  // The library reads no more of a request than these three; the sidecar's strict parser has read the rest.
  const request = { method: 'GET', url: handshake.path, headers } as unknown as IncomingMessage;
  let peer: Peer | undefined;
  server.handleUpgrade(request, socket, Buffer.alloc(0), (accepted) => {
    peer = accepted;
  });
  if (peer === undefined) return undefined;
  // Without a listener an error would end the process (A14); what it means is told by the close that follows.
  peer.on('error', () => {});
  peer.pause();
  return peer;
}

/** The upstream answered the upgrade with something else than 101. */
export class UpgradeDeclined extends Error {
  readonly status: number;
  constructor(status: number) {
    super('UPGRADE_DECLINED');
    this.status = status;
  }
}

/**
 * Asks the upstream behind `socket` for a WebSocket. Rejects with UpgradeDeclined, or with whatever broke the handshake.
 * The peer comes paused, so that no message is lost before somebody listens.
 */
export function openPeer(
  socket: Duplex,
  handshake: {
    host: string;
    port: number;
    path: string;
    protocols: readonly string[];
    headers: Record<string, string>;
  },
  limits: PeerLimits & { timeoutMs: number },
): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const { host, port, path, headers } = handshake;
    const peer = new WebSocket(`ws://${host}:${port}/`, [...handshake.protocols], {
      ...plain(limits),
      followRedirects: false,
      headers,
      createConnection: () => socket as never,
      // The target as it was decided: a URL parser would spell it anew.
      finishRequest: (request) => {
        request.path = path;
        request.end();
      },
    });
    const timer = setTimeout(() => fail(new Error('UPSTREAM_TIMEOUT')), limits.timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    peer.on('error', fail);
    peer.on('unexpected-response', (_request, answer) => fail(new UpgradeDeclined(answer.statusCode ?? 502)));
    peer.on('open', () => {
      clearTimeout(timer);
      peer.pause();
      resolve(peer);
    });
  });
}

/** Reads from the peer, or stops to. */
export function steerPeer(peer: Peer, mayRead: boolean): void {
  if (mayRead === !peer.isPaused) return;
  if (mayRead) peer.resume();
  else peer.pause();
}

/** The library's inside, of ws 8.23.0: it tells nobody what it holds of a message that is not whole. */
interface Inside {
  _socket: Duplex;
  _receiver: Writable & {
    /** Read, and not yet a whole frame. */
    _bufferedBytes: number;
    _buffers: readonly Buffer[];
    _mask: Buffer | undefined;
    /** Opcode of the message whose last frame has not come; else 0. */
    _fragmented: number;
    /** Another array after each message. */
    _fragments: readonly Buffer[];
  };
}

/** What each piece of a message costs besides its bytes: measured, 200 bytes of V8's heap and 300 outside of it. */
const pieceBytes = 512;

/**
 * Says how many bytes are in memory of the messages that come from a peer and of those that wait for it; calls `onChange` whenever
 * that may be more, or much less. For a peer that has not been read from.
 */
export function heldBy(peer: Peer, onChange: () => void): () => number {
  const { _socket: socket, _receiver: receiver } = peer as unknown as Inside;
  let fragments = receiver._fragments;
  let read = 0;
  // After the library's own listener, which was there before.
  socket.on('data', (chunk: Buffer) => {
    // What comes after a close frame or an error is thrown away.
    if (receiver.writable) {
      const isOpen =
        receiver._bufferedBytes > 0 || receiver._fragmented !== 0 || receiver._mask !== undefined;
      // All that was read since the last whole message, pings too: a fragment of one byte keeps what it came in.
      const before = receiver._fragments === fragments ? read : 0;
      read = isOpen ? before + chunk.length : 0;
      fragments = receiver._fragments;
    }
    onChange();
  });
  socket.on('drain', onChange);
  // What waits is there twice: as it was given to TLS, and encrypted.
  return () =>
    read + pieceBytes * (receiver._buffers.length + receiver._fragments.length) + 2 * peer.bufferedAmount;
}

/** Passes a close on. 1005 and 1006 are never on the wire (RFC 6455 section 7.4.1): a lost upstream is told as 1011, a lost agent as 1001. */
export function closePeer(peer: Peer, code: number, reason: Buffer, from: 'agent' | 'upstream'): void {
  // A paused peer would never see the answer to its close.
  if (peer.isPaused) peer.resume();
  if (code === 1005) peer.close();
  else if (code === 1006) peer.close(from === 'upstream' ? 1011 : 1001);
  else peer.close(code, reason.subarray(0, 123));
}
