// A scripted OpenAI-compatible chat endpoint over TLS: it streams the next turn of a script and keeps what it was sent.
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from './throwaway-ca.js';

/** What the model says next: a call of the agent's tool, or the final words. */
export type ScriptedTurn = { tool: string; arguments: Record<string, unknown> } | { text: string };

/** One chat request as the endpoint saw it. */
export interface SeenRequest {
  path: string;
  authorization: string;
  headers: Record<string, string | string[] | undefined>;
  body: ChatRequest;
}

interface ChatRequest {
  model: string;
  stream?: boolean;
  messages: { role: string; content?: unknown; tool_call_id?: string }[];
  tools?: { function: { name: string } }[];
}

export interface LlmEndpoint {
  port: number;
  /** PEM of the authority that signed the endpoint's certificate. */
  ca: string;
  seen: SeenRequest[];
  /** Texts that the agent sent back as results of its tools, in order. */
  toolResults(): string[];
  close(): Promise<void>;
}

/**
 * Starts the endpoint on 0.0.0.0. Which turn it plays follows from how many tool results the request carries, so a
 * client that retries gets the same turn again; past the script's end it repeats the last turn.
 */
export async function startLlmEndpoint(options: {
  host: string;
  script: readonly ScriptedTurn[];
}): Promise<LlmEndpoint> {
  const certificate = makeCertificate([options.host]);
  const seen: SeenRequest[] = [];
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions')) {
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ error: { message: `no such path: ${request.method} ${request.url}` } }),
        );
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatRequest;
      seen.push({
        path: request.url,
        authorization: request.headers.authorization ?? '',
        headers: request.headers,
        body,
      });
      const results = body.messages.filter(({ role }) => role === 'tool').length;
      const turn = options.script[Math.min(results, options.script.length - 1)];
      if (turn === undefined) throw new Error('the script has no turns');
      if (body.stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
        for (const event of eventsOf(turn, body.model, results))
          response.write(`data: ${JSON.stringify(event)}\n\n`);
        response.end('data: [DONE]\n\n');
      } else {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(wholeOf(turn, body.model, results)));
      }
    });
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    ca: certificate.ca,
    seen,
    toolResults: () =>
      (seen.at(-1)?.body.messages ?? [])
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))),
    close: () => closeServer(server),
  };
}

/** The turn as stream events: role, content in small pieces, finish reason, usage. */
function eventsOf(turn: ScriptedTurn, model: string, index: number): unknown[] {
  const event = (delta: unknown, finish: string | null = null) => ({
    id: `chatcmpl-${index}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const usage = { ...event({}), choices: [], usage: usageOf() };
  if ('text' in turn) {
    const words = turn.text.match(/\S+\s*/g) ?? [];
    const pieces = words.map((content) => event({ content }));
    return [event({ role: 'assistant', content: '' }), ...pieces, event({}, 'stop'), usage];
  }
  const call = { index: 0, id: `call_${index}`, type: 'function' };
  const text = JSON.stringify(turn.arguments);
  const half = Math.ceil(text.length / 2);
  return [
    event({
      role: 'assistant',
      content: null,
      tool_calls: [{ ...call, function: { name: turn.tool, arguments: '' } }],
    }),
    event({ tool_calls: [{ index: 0, function: { arguments: text.slice(0, half) } }] }),
    event({ tool_calls: [{ index: 0, function: { arguments: text.slice(half) } }] }),
    event({}, 'tool_calls'),
    usage,
  ];
}

function wholeOf(turn: ScriptedTurn, model: string, index: number): unknown {
  const message =
    'text' in turn
      ? { role: 'assistant', content: turn.text }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: `call_${index}`,
              type: 'function',
              function: { name: turn.tool, arguments: JSON.stringify(turn.arguments) },
            },
          ],
        };
  return {
    id: `chatcmpl-${index}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message, finish_reason: 'text' in turn ? 'stop' : 'tool_calls' }],
    usage: usageOf(),
  };
}

function usageOf() {
  return { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '0.0.0.0', () => resolve());
  });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}
