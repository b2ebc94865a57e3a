// The contract of a tool that the agent can call at http://tradebox.internal/mcp. None of them decides, approves or loosens (S9).
import type { z } from 'zod';

/** What a tool says: a value that is written as JSON, and whether it is a refusal. */
export interface ToolAnswer {
  value: unknown;
  isRefusal?: boolean;
}

/** Who calls, in its own words. */
export interface Caller {
  /** Name and version of the MCP client; absent when it gave none. */
  client?: string;
}

export interface AgentTool<Shape extends z.ZodObject = z.ZodObject> {
  name: string;
  /** Read by the agent's model: what the tool does, and when to use it. */
  description: string;
  input: Shape;
  /** True for one that changes nothing at all, not even what is noted of the agent's intentions. */
  isReadOnly: boolean;
  call(input: z.output<Shape>, caller: Caller): ToolAnswer;
}

/** Gives a tool its types and hides them again: the server holds its input against the schema before it calls. */
export function defineTool<Shape extends z.ZodObject>(tool: AgentTool<Shape>): AgentTool {
  return tool as unknown as AgentTool;
}
