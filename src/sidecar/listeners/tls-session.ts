// A TLS session from the agent: the name it asks for decides before a certificate is shown, and again once it is established.
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { normaliseHost } from '../hosts.js';
import { ClientConnection } from '../http1/client-connection.js';
import { Relay } from '../http1/relay.js';
import { serveHttp2 } from '../http2/session.js';
import { originProblem } from '../origin-problem.js';
import type { Exchange } from '../stage.js';
import type { Bridge } from '../websocket/bridge.js';
import type { IngressEnvironment, Judge, Place } from './ingress.js';

/** Takes over `raw`, which stands before a ClientHello. */
export function acceptTls(raw: Socket, env: IngressEnvironment, place: Place): void {
  let denied: string | undefined;
  let isEstablished = false;
  const deny = (host: string, code: string, message: string): void => {
    denied = code;
    env.denials.record(
      {
        type: 'connection.denied',
        ingress: place.ingress,
        host: host.slice(0, 253),
        port: place.port,
        code,
        message,
      },
      env.world.clock.nowMs(),
    );
  };
  const secure = new tls.TLSSocket(raw, {
    isServer: true,
    // Without a certificate of its own: a denied or missing name ends in OpenSSL's fatal alert.
    secureContext: refusingContext(env.authority.ticketKeys),
    ALPNProtocols: ['h2', 'http/1.1'],
    SNICallback: (name, done) => {
      const problem = nameProblem(name, env, place);
      if (problem !== undefined) deny(name, ...problem);
      done(null, problem === undefined ? env.authority.contextFor(name.toLowerCase()) : undefined);
    },
  });
  const start = performance.now();
  const handshake = {
    checkDeadline: (now: number) => {
      if (now - start > env.clientLimits.headMs) secure.destroy();
    },
    destroy: () => secure.destroy(),
  };
  env.watch.add(handshake, raw);
  env.tally.openConnections += 1;
  raw.once('close', () => {
    env.tally.openConnections -= 1;
  });
  raw.on('error', () => secure.destroy());
  secure.on('error', (error: NodeJS.ErrnoException) => {
    secure.destroy();
    if (isEstablished || denied !== undefined || quietErrors.has(error.code ?? '')) return;
    if (noCertificateErrors.has(error.code ?? '')) deny('', 'SNI_MISSING', 'the handshake names no host');
    else deny('', 'TLS_FAILED', `the handshake failed: ${error.code ?? 'unknown'}`);
  });
  secure.once('secure', () => {
    env.watch.remove(handshake);
    // A resumed session never asks SNICallback, so the name is judged here in any case.
    const name: unknown = secure.servername;
    const host = typeof name === 'string' ? name : '';
    const problem = nameProblem(host, env, place);
    if (problem !== undefined) {
      deny(host, ...problem);
      secure.destroy();
      return;
    }
    isEstablished = true;
    serve(secure, env, place, host.toLowerCase());
  });
}

function serve(secure: tls.TLSSocket, env: IngressEnvironment, place: Place, host: string): void {
  const isHttp2 = secure.alpnProtocol === 'h2';
  // Venues are spoken to over HTTP/1.1.
  env.upstream.warm(host, place.port, isHttp2 && env.world.venueOf(host) === undefined);
  if (isHttp2) {
    env.watch.add(serveHttp2(secure, env, place, host), secure);
    return;
  }
  const relay = new Relay(env, place.ingress, { host, port: place.port });
  const client = new ClientConnection(secure, relay, env.clientLimits);
  let bridge: Bridge | undefined;
  let upgraded: Exchange | undefined;
  relay.attach(client, {
    detach: () => client.detach(),
    adopt: (joined, exchange) => {
      bridge = joined;
      upgraded = exchange;
    },
  });
  const watched = {
    checkDeadline: (now: number) => {
      client.checkDeadline(now);
      relay.checkDeadline(now);
      bridge?.checkDeadline(now);
    },
    destroy: () => {
      client.destroy();
      bridge?.destroy();
    },
    isUnderWay: () => relay.isUnderWay(),
    rejudge: (judge: Judge) => {
      if (upgraded === undefined) return Number(relay.rejudge(judge));
      if (judge(upgraded) === undefined) return 0;
      bridge?.destroy('POLICY_CHANGED', 1008);
      return 1;
    },
    endSocket: () => {
      bridge?.destroy('SECRET_ROTATED', 1012);
      return bridge !== undefined;
    },
    origin: { host, port: place.port },
  };
  env.watch.add(watched, secure);
}

/** Why the connection's name is refused, as code and message. */
function nameProblem(name: string, env: IngressEnvironment, place: Place): [string, string] | undefined {
  if (name === '') return ['SNI_MISSING', 'the handshake names no host'];
  const host = normaliseHost(name);
  if (host === undefined) return ['SNI_INVALID', 'the handshake names something that is no host name'];
  if (place.connectHost !== undefined && place.connectHost !== host) {
    return ['SNI_MISMATCH', 'the handshake names another host than CONNECT did'];
  }
  const problem = originProblem(env.world.policy, host, place.port);
  return problem === undefined ? undefined : [problem.code, problem.message];
}

const noCertificateErrors = new Set(['ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM', 'ERR_SSL_NO_SHARED_CIPHER']);
/** A client that only looked whether the port answers, e.g. `okx diagnose`. */
const quietErrors = new Set(['ECONNRESET', 'EPIPE']);

const refusingContexts = new WeakMap<Buffer, tls.SecureContext>();

function refusingContext(ticketKeys: Buffer): tls.SecureContext {
  let context = refusingContexts.get(ticketKeys);
  if (context === undefined) {
    context = tls.createSecureContext({ ticketKeys, minVersion: 'TLSv1.2', ca: [] });
    refusingContexts.set(ticketKeys, context);
  }
  return context;
}
