// Clear-text HTTP: the proxy port's CONNECT, our own page at tradebox.internal, and a no to everything else (ATTACKS B6).
import net from 'node:net';
import type { Ingress } from '../../audit/events.js';
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { mismatchProbe, type Probe, probeOf } from '../boundary-probe.js';
import { normaliseHost, parseAuthority } from '../hosts.js';
import { ClientConnection, type ConnectionHandler } from '../http1/client-connection.js';
import type { Malformed } from '../http1/fields.js';
import type { RequestHead } from '../http1/head.js';
import { unreadable } from '../http1/open-request.js';
import { writeAnswer } from '../http1/write.js';
import { maxMessageBytes, mcpPath } from '../mcp/agent-server.js';
import { originProblem } from '../origin-problem.js';
import { protocolAnswer, refusalAnswer } from '../refusal.js';
import { internalHosts } from '../settings.js';
import { decoyIn } from '../stages/decoys.js';
import { type IngressEnvironment, listen } from './ingress.js';
import { acceptTls } from './tls-session.js';

/** Answers plain HTTP on `port`. */
export async function startPlainHttp(
  env: IngressEnvironment,
  address: string,
  port: number,
): Promise<net.Server> {
  return startClearText(env, address, port, 'http');
}

/** Answers CONNECT on `port`; clients that honour HTTPS_PROXY come here. */
export async function startConnectProxy(
  env: IngressEnvironment,
  address: string,
  port: number,
): Promise<net.Server> {
  return startClearText(env, address, port, 'connect');
}

async function startClearText(
  env: IngressEnvironment,
  address: string,
  port: number,
  ingress: Ingress,
): Promise<net.Server> {
  const server = net.createServer((socket) => {
    const handler = new ClearTextHandler(env, ingress, port);
    const client = new ClientConnection(socket, handler, env.clientLimits);
    handler.client = client;
    env.watch.add(client, socket);
  });
  await listen(server, address, port);
  return server;
}

class ClearTextHandler implements ConnectionHandler {
  client: ClientConnection | undefined;
  readonly #env: IngressEnvironment;
  readonly #ingress: Ingress;
  readonly #port: number;
  /** A message to the MCP server whose body is being read. */
  #message: { head: RequestHead; parts: Buffer[]; bytes: number } | undefined;

  constructor(env: IngressEnvironment, ingress: Ingress, port: number) {
    this.#env = env;
    this.#ingress = ingress;
    this.#port = port;
  }

  onRequest(head: RequestHead, headBytes: Buffer): void {
    if (head.method === 'CONNECT' && this.#ingress === 'connect') {
      this.#connect(head);
      return;
    }
    const host = requestedHost(head);
    const hasDecoy = decoyIn(headBytes, this.#env.world, true) !== undefined;
    if (host === internalHosts.api && head.target === mcpPath && !hasDecoy) {
      this.#beginMessage(head);
      return;
    }
    if (host === internalHosts.api && (head.method === 'GET' || head.method === 'HEAD')) {
      this.#answer(jsonAnswer(200, this.#env.agentView.read(head.target) ?? this.#env.about), head);
      return;
    }
    const code =
      host === undefined ? 'AUTHORITY_MISMATCH' : hasDecoy ? 'DECOY_MISPLACED' : 'PLAIN_HTTP_REFUSED';
    const message = 'clear-text HTTP carries nothing to the outside';
    const named = host === undefined ? authorityOf(head.target) : undefined;
    const asked = () =>
      named === undefined
        ? probeOf(head.host, this.client?.socket.localAddress)
        : mismatchProbe(message, named);
    const probe = hasDecoy ? ({ message, taint: 'decoy-misuse' } as const) : asked();
    this.#refuse(host === undefined ? 400 : 403, code, message, head, probe);
  }

  onBody(data: Buffer): void {
    const message = this.#message;
    if (message === undefined) return;
    const { bodyBudget } = this.#env;
    if (message.bytes + data.length > maxMessageBytes) {
      this.#answerMessage(jsonAnswer(413, { error: tooLarge }), message.head);
    } else if (bodyBudget.leftBytes < data.length) {
      this.#answerMessage(jsonAnswer(503, { error: 'too many messages at once' }), message.head);
    } else {
      bodyBudget.leftBytes -= data.length;
      message.bytes += data.length;
      message.parts.push(data);
    }
  }

  onBodyEnd(): void {
    if (this.#message === undefined) return;
    const { head, parts } = this.#message;
    const fields: [string, string][] = head.fields.names.map((name, index) => [
      name,
      head.fields.value(index),
    ]);
    this.#env.agentServer.answer(fields, Buffer.concat(parts)).then(
      (answer) => this.#answerMessage(answer, head),
      () => this.#answerMessage(jsonAnswer(503, { error: 'not available' }), head),
    );
  }

  onMalformed(problem: Malformed): void {
    this.#endMessage();
    const { status, code, message, agentMessage } = unreadable(problem);
    this.#refuse(status, code, message, undefined, undefined, agentMessage);
  }

  onDrain(): void {}

  onAbort(): void {
    this.#endMessage();
  }

  /** Only POST speaks here: no stream is offered and no session is kept, so that nothing stays open. */
  #beginMessage(head: RequestHead): void {
    const { framing } = head;
    if (head.method !== 'POST' || framing.kind === 'none') {
      const allow = [['allow', 'POST']] as const;
      const { headers, ...rest } = jsonAnswer(405, { error: 'POST one JSON-RPC message' });
      this.#answer({ ...rest, headers: [...headers, ...allow] }, head);
      return;
    }
    if (framing.kind === 'length' && framing.length > maxMessageBytes) {
      this.#answer(jsonAnswer(413, { error: tooLarge }), head);
      return;
    }
    this.#message = { head, parts: [], bytes: 0 };
    if (head.expectsContinue) this.client?.write('HTTP/1.1 100 Continue\r\n\r\n');
  }

  /** A message is answered once; one whose client went away, or that was refused, not again. */
  #answerMessage(answer: HttpAnswer, head: RequestHead): void {
    if (this.#message?.head !== head) return;
    this.#endMessage();
    this.#answer(answer, head);
  }

  #endMessage(): void {
    this.#env.bodyBudget.leftBytes += this.#message?.bytes ?? 0;
    this.#message = undefined;
  }

  #connect(head: RequestHead): void {
    const { client } = this;
    const { policy, clock } = this.#env.world;
    const authority = parseAuthority(head.target);
    // A8: the Host field, where there is one, repeats the target; some clients leave the port out.
    const repeated = parseAuthority(head.host);
    const isSame = repeated !== undefined && repeated.host === authority?.host;
    if (authority?.port === undefined || !isSame || head.framing.kind !== 'none') {
      const message = 'CONNECT needs one host name and port';
      const isForeign = repeated !== undefined && authority !== undefined && !isSame;
      const probe = isForeign
        ? mismatchProbe('the Host field of a CONNECT names another host', head.host)
        : (probeOf(head.target, client?.socket.localAddress) ?? probeOf(head.host));
      this.#refuse(400, 'CONNECT_TARGET', message, head, probe);
      return;
    }
    const { host, port } = authority;
    const problem = originProblem(policy, host, port);
    if (problem !== undefined) {
      const { code, message } = problem;
      this.#env.denials.record(
        { type: 'connection.denied', ingress: 'connect', host, port, code, message },
        clock.nowMs(),
      );
      this.#env.tally.denied += 1;
      this.#answer(
        code === 'HOST_DENIED'
          ? refusalAnswer(403, this.#env.nextRequestId())
          : protocolAnswer(this.#env.nextRequestId(), message),
        head,
      );
      return;
    }
    if (client === undefined) return;
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    this.#env.watch.remove(client);
    acceptTls(client.detach(), this.#env, { ingress: 'connect', port, connectHost: host });
  }

  #refuse(
    status: number,
    code: string,
    message: string,
    head: RequestHead | undefined,
    evidence?: Probe,
    agentMessage?: string,
  ): void {
    const { journal, tally, nextRequestId } = this.#env;
    const request = nextRequestId();
    const target = (head?.target ?? '').slice(0, 2048);
    const host = (head?.host ?? '').slice(0, 253);
    try {
      let seq = journal.append({
        type: 'request.decided',
        request,
        ingress: this.#ingress,
        host,
        port: this.#port,
        method: head?.method ?? '',
        target,
        verdict: 'deny',
        code,
        rule: 'built-in: clear text',
        message,
      });
      if (evidence?.taint !== undefined) {
        const { taint: cause, taintSeverity: severity, message: words } = evidence;
        seq = journal.append({ type: 'taint', cause, message: words, request, severity });
      }
      tally.denied += 1;
      journal.durable(seq).then(
        () => this.#answer(refusalAnswer(status, request, undefined, agentMessage), head),
        () => this.#answer(refusalAnswer(503, request), head),
      );
    } catch {
      this.#answer(refusalAnswer(503, request), head);
    }
  }

  #answer(answer: HttpAnswer, head: RequestHead | undefined): void {
    const { client } = this;
    if (client === undefined || client.isClosed) return;
    const close = head?.close !== false || client.isBodyOpen;
    client.write(writeAnswer(answer, { close, isHead: head?.method === 'HEAD' }));
    client.finish(!close);
  }
}

const tooLarge = `a message has at most ${maxMessageBytes} bytes`;

/** The host of a clear-text request; undefined when the target and the Host field disagree. */
function requestedHost(head: RequestHead): string | undefined {
  const named = /^(.*?)(?::\d{1,5})?$/.exec(head.host)?.[1] ?? '';
  const host = normaliseHost(named) ?? named.toLowerCase();
  const absolute = authorityOf(head.target);
  if (absolute === undefined) return head.target.startsWith('/') ? host : undefined;
  return parseAuthority(absolute)?.host === host ? host : undefined;
}

/** The authority of an absolute target. */
function authorityOf(target: string): string | undefined {
  return /^http:\/\/([^/?]*)/i.exec(target)?.[1];
}
