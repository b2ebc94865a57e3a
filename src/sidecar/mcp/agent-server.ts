// The MCP server at http://tradebox.internal/mcp, as the listener knows it. The protocol's code is loaded when an agent first asks.
import { z } from 'zod';
import { type HeaderList, type HttpAnswer, headerOf } from '../../core/http.js';
import { NewestMap } from '../../core/newest-map.js';
import type { AgentTool } from './tool.js';

export interface AgentServer {
  /** Answers the body of one POST; rejects never. `fields`: those of the request. */
  answer(fields: HeaderList, body: Buffer): Promise<HttpAnswer>;
}

/** Its path on tradebox.internal. */
export const mcpPath = '/mcp';
/** A message larger than this is refused: tools take a few sentences. */
export const maxMessageBytes = 65_536;

/** Clients whose names are remembered. */
const maxClients = 50;
const maxNameLength = 100;

const introduction = z.object({
  method: z.literal('initialize'),
  params: z.object({ clientInfo: z.object({ name: z.string(), version: z.string() }) }),
});

export function createAgentServer(tools: readonly AgentTool[]): AgentServer {
  /** Names by User-Agent: no session is kept, and a client says its name once. */
  const names = new NewestMap<string>(maxClients);
  return {
    async answer(fields, body) {
      const agent = headerOf(fields, 'user-agent') ?? '';
      const name = introduced(body);
      if (name !== undefined) names.set(agent, name);
      const client = names.get(agent);
      const { answerMessage } = await import('./streamable-http.js');
      return await answerMessage(tools, fields, body, client === undefined ? {} : { client });
    },
  };
}

/** What a client calls itself, if this is the message in which it does. */
function introduced(body: Buffer): string | undefined {
  try {
    const { name, version } = introduction.parse(JSON.parse(body.toString('utf8'))).params.clientInfo;
    return `${name} ${version}`.slice(0, maxNameLength);
  } catch {
    return undefined;
  }
}
