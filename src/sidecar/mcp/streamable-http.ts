// One POST of MCP's streamable HTTP, answered by the official SDK: stateless, as JSON, never as a stream.
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports
import { McpServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { type HeaderList, type HttpAnswer, jsonAnswer } from '../../core/http.js';
import type { AgentTool, Caller } from './tool.js';

const instructions =
  'This sandbox stands between you and the venue. Before an order: get_mode, get_limits, then state why you want it, the sources you read, and the most it can lose. A refusal is final until the order or the facts change: explain_denial says why. Nothing here can approve an order or change a limit; a human does both elsewhere.';

/** Answers one message. What the SDK cannot make sense of is a 400. */
export async function answerMessage(
  tools: readonly AgentTool[],
  fields: HeaderList,
  body: Buffer,
  caller: Caller,
): Promise<HttpAnswer> {
  const server = newServer(tools, caller);
  try {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    const headers = fields
      .filter(([name]) => passed.has(name))
      .map(([name, value]): [string, string] => [name, value]);
    const request = new Request('http://tradebox.internal/mcp', {
      method: 'POST',
      headers,
      body: body.toString('utf8'),
    });
    const answer = await transport.handleRequest(request);
    const contentType = answer.headers.get('content-type');
    return {
      status: answer.status,
      headers: contentType === null ? [] : [['content-type', contentType]],
      body: Buffer.from(await answer.arrayBuffer()),
    };
  } catch {
    return jsonAnswer(400, { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Invalid Request' } });
  } finally {
    await server.close().catch(() => undefined);
  }
}

/** The fields that the transport looks at. */
const passed = new Set(['accept', 'content-type', 'mcp-protocol-version']);

function newServer(tools: readonly AgentTool[], caller: Caller): McpServer {
  const server = new McpServer({ name: 'tradebox', version: '1' }, { instructions });
  for (const { name, description, input, isReadOnly, call } of tools) {
    const annotations = { readOnlyHint: isReadOnly, destructiveHint: false, openWorldHint: false };
    server.registerTool(name, { description, inputSchema: input, annotations }, (given) => {
      const { value, isRefusal = false } = call(given, caller);
      return { content: [{ type: 'text', text: JSON.stringify(value) }], isError: isRefusal };
    });
  }
  return server;
}
