// The MCP server at http://tradebox.internal/mcp, as the listener knows it. The protocol's code is loaded when an agent first asks.
import type { HeaderList, HttpAnswer } from '../../core/http.js';
import type { AgentTool } from './tool.js';

export interface AgentServer {
  /** Answers the body of one POST; rejects never. `fields`: those of the request. */
  answer(fields: HeaderList, body: Buffer): Promise<HttpAnswer>;
}

/** Its path on tradebox.internal. */
export const mcpPath = '/mcp';
/** A message larger than this is refused: tools take a few sentences. */
export const maxMessageBytes = 65_536;

export function createAgentServer(tools: readonly AgentTool[]): AgentServer {
  return {
    async answer(fields, body) {
      const { answerMessage } = await import('./streamable-http.js');
      return await answerMessage(tools, fields, body);
    },
  };
}
