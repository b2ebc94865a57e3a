// An axios adapter that sends nothing: SDKs built on axios as oracles of what goes on the wire and of what a refusal raises.
import type { HttpAnswer, HttpRequest } from '../../src/core/http.js';

interface AxiosConfig {
  url: string;
  method: string;
  params?: Record<string, unknown>;
  data?: unknown;
  headers: { toJSON(): Record<string, unknown> };
}

const nothing: HttpAnswer = { status: 200, headers: [], body: Buffer.from('{}') };

/** The option that SDKs pass through to axios, and the requests it saw. */
export function axiosWire(answer: HttpAnswer = nothing) {
  const sent: HttpRequest[] = [];
  const adapter = async (config: AxiosConfig) => {
    const request = toRequest(config);
    sent.push(request);
    const response = {
      data: JSON.parse(answer.body.toString()) as unknown,
      status: answer.status,
      statusText: '',
      headers: Object.fromEntries(answer.headers),
      config,
      request: {},
    };
    if (answer.status < 300) return response;
    // What axios' own adapters reject with (core/settle.js).
    throw Object.assign(new Error(`Request failed with status code ${answer.status}`), {
      isAxiosError: true,
      config,
      request: {},
      response,
    });
  };
  return { adapter, sent };
}

function toRequest(config: AxiosConfig): HttpRequest {
  const url = new URL(config.url);
  for (const [name, value] of Object.entries(config.params ?? {})) url.searchParams.set(name, String(value));
  const headers = Object.entries(config.headers.toJSON()).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const body = config.data === undefined || config.data === null ? '' : String(config.data);
  return {
    method: config.method.toUpperCase(),
    host: url.hostname,
    port: 443,
    path: url.pathname,
    query: url.search.slice(1),
    headers,
    body: Buffer.from(body),
  };
}
