// The official MCP client at a box's tradebox.internal, as an agent connects it.
import http from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export interface AgentTools {
  client: Client;
  /** Calls a tool and gives the JSON that it said, and whether it was a refusal. */
  // biome-ignore lint/suspicious/noExplicitAny: each tool says something else
  call(name: string, input?: Record<string, unknown>): Promise<{ value: any; isRefusal: boolean }>;
  close(): Promise<void>;
}

/** Connects to the clear-text port; the name is given as a box resolves it. */
export async function connectTools(httpPort: number): Promise<AgentTools> {
  const client = new Client({ name: 'agent', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL('http://tradebox.internal/mcp'), {
    fetch: (_url, init) => plainFetch(httpPort, init),
  });
  await client.connect(transport);
  return {
    client,
    async call(name, input = {}) {
      const { content, isError } = await client.callTool({ name, arguments: input });
      const [first] = content as { type: string; text: string }[];
      const text = first?.text ?? '';
      return { value: text.startsWith('{') ? JSON.parse(text) : text, isRefusal: isError === true };
    },
    close: () => client.close(),
  };
}

/** fetch cannot set the Host field: this can. */
function plainFetch(port: number, { method = 'GET', headers, body }: RequestInit = {}): Promise<Response> {
  return new Promise((resolve, reject) => {
    const fields = { ...Object.fromEntries(new Headers(headers)), host: 'tradebox.internal' };
    const sent = http.request(
      { host: '127.0.0.1', port, method, path: '/mcp', headers: fields },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (piece: Buffer) => parts.push(piece));
        answer.on('end', () => {
          const { statusCode = 0 } = answer;
          const whole = parts.length === 0 ? null : Buffer.concat(parts);
          const type = answer.headers['content-type'];
          resolve(
            new Response(whole, {
              status: statusCode,
              ...(type === undefined ? {} : { headers: { 'content-type': type } }),
            }),
          );
        });
      },
    );
    sent.on('error', reject);
    sent.end(typeof body === 'string' ? body : undefined);
  });
}
