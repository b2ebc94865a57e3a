// The agent's MCP server over a real clear-text listener, with the official client and with raw bytes.
// Covers reading-tools.js, streamable-http.js and tool.js, too.
import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAgentServer, maxMessageBytes, mcpPath } from '../../../../src/sidecar/mcp/agent-server.js';
import { readingTools } from '../../../../src/sidecar/mcp/reading-tools.js';
import { answerMessage } from '../../../../src/sidecar/mcp/streamable-http.js';
import { defineTool } from '../../../../src/sidecar/mcp/tool.js';
import { type AgentTools, connectTools } from '../../../support/agent-tools.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { rawClient } from '../../../support/sidecar-box.js';

let desk: OrderBox;
let tools: AgentTools;
beforeAll(async () => {
  desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 50 } });
  tools = await connectTools(desk.box.httpPort);
});
afterAll(async () => {
  await tools.close();
  await desk.stop();
});

const post = (length: number, more = '') =>
  `POST ${mcpPath} HTTP/1.1\r\nHost: tradebox.internal\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n${more}Content-Length: ${length}\r\n\r\n`;

/** Status of what the listener answers to these bytes. */
async function statusOf(bytes: string): Promise<number> {
  const client = rawClient(net.connect(desk.box.httpPort, '127.0.0.1'));
  client.write(bytes);
  const text = await client.until('\r\n\r\n');
  client.socket.destroy();
  return Number(text.split(' ')[1]);
}

test('every part is in use', () => {
  const parts = [createAgentServer, readingTools, answerMessage, defineTool];
  expect(parts.every((part) => typeof part === 'function')).toBe(true);
});

test('the client finds the tools, which say how to propose, and none of them approves', async () => {
  expect(tools.client.getInstructions()).toMatch(/get_limits/);
  const { tools: listed } = await tools.client.listTools();
  const names = listed.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['get_mode', 'get_limits', 'list_proposals', 'explain_denial']),
  );
  expect(names.filter((name) => /approve|resume|set_|loosen|reload/.test(name))).toEqual([]);
  for (const { description } of listed) expect((description ?? '').length).toBeGreaterThan(80);
  await expect(tools.client.callTool({ name: 'approve', arguments: { order: 'x' } })).rejects.toThrow(
    /approve/,
  );
});

test('it tells the mode and the limits', async () => {
  expect((await tools.call('get_mode')).value).toMatchObject({ mode: 'propose', sandbox: 'test' });
  const { value } = await tools.call('get_limits');
  expect(value).toMatchObject({ mode: 'propose', accounts: [{ tradingState: 'ACTIVE' }] });
});

test('an order that waits is listed and explained, without what is the human’s', async () => {
  await desk.place();
  const { orders } = (await tools.call('list_proposals')).value;
  expect(orders).toMatchObject([{ state: 'held' }]);
  const explained = await tools.call('explain_denial', { order: orders[0].order });
  expect(explained).toMatchObject({ isRefusal: false, value: { state: 'held', order: orders[0].order } });
  const [held] = desk.box.sidecar.state.orders.list(10).orders;
  const said = JSON.stringify([orders, explained.value]);
  expect(said).not.toContain(held?.fingerprint.slice(0, 8));
  expect((await tools.call('explain_denial', { order: 'nosuch' })).isRefusal).toBe(true);
  expect(desk.box.sidecar.state.orders.list(10).orders).toMatchObject([{ state: 'held' }]);
});

test('input that no tool takes is refused', async () => {
  expect(await tools.call('explain_denial', { order: 7 })).toMatchObject({ isRefusal: true });
  expect(await tools.call('get_mode', { mode: 'live' })).toMatchObject({ isRefusal: true });
});

test('only one POST of bounded size is taken', async () => {
  expect(await statusOf(post(maxMessageBytes + 1))).toBe(413);
  const chunk = 'a'.repeat(maxMessageBytes + 1);
  const chunked = post(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked');
  expect(await statusOf(`${chunked}${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`)).toBe(413);
  expect(await statusOf(`${post(3)}{]}`)).toBe(400);
  for (const method of ['GET', 'DELETE', 'PUT']) {
    expect(await statusOf(`${method} ${mcpPath} HTTP/1.1\r\nHost: tradebox.internal\r\n\r\n`)).toBe(405);
  }
  expect(await statusOf(post(2).replace('tradebox.internal', 'example.com') + '{}')).toBe(403);
  expect(await statusOf(post(2).replace(mcpPath, '/orders') + '{}')).toBe(403);
});

test('a client that leaves in the middle of its message gives its memory back', async () => {
  const piece = 'a'.repeat(60_000);
  for (let count = 0; count < 20; count += 1) {
    const client = rawClient(net.connect(desk.box.httpPort, '127.0.0.1'));
    client.write(post(65_000, 'Expect: 100-continue\r\n'));
    await client.until('100 Continue');
    client.write(piece);
    client.socket.end();
    await client.ended;
  }
  expect((await tools.call('get_mode')).isRefusal).toBe(false);
});
