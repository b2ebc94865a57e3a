// An agent that cites and announces, over the wire: what it never read is a hallucination, what it says reaches the human.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeExplanation } from '../../../../src/orders/describe-order.js';
import { proposingTools } from '../../../../src/sidecar/mcp/proposing-tools.js';
import { ordersReplySchema } from '../../../../src/sidecar/orders/order-view.js';
import { type AgentTools, connectTools } from '../../../support/agent-tools.js';
import { okxHost } from '../../../support/okx-client.js';
import { limitOrder, type OrderBox, startOrderBox, userAgent } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
let tools: AgentTools;
beforeAll(async () => {
  desk = await startOrderBox({
    mode: 'propose',
    approval: { holdMs: 50 },
    guardrails: { version: 1, requireEvidence: { withinMinutes: 30 }, trustedNewsSources: [okxHost] },
  });
  tools = await connectTools(desk.box.httpPort);
});
afterAll(async () => {
  await tools.close();
  await desk.stop();
});

const document = 'market/ticker?instId=BTC-USDT';
const urlOf = (target: string) => `https://${okxHost}:${desk.box.tlsPort}/api/v5/${target}`;
const announcement = (more: Record<string, unknown> = {}) => ({
  instrument: limitOrder.instId,
  side: limitOrder.side,
  quantity: limitOrder.sz,
  price: limitOrder.px,
  rationale: 'The ticker is below its mean. \u001b[2J\u202eevil',
  maxLoss: { amount: '2.5', currency: 'USDT' },
  sources: [urlOf(document)],
  ...more,
});
const orders = () => ordersReplySchema.parse(desk.box.sidecar.state.orders.list(10)).orders;

test('every part is in use', () => expect(typeof proposingTools).toBe('function'));

test('a source that was never fetched is a hallucination, and what it founds is not even announced', async () => {
  const cited = await tools.call('cite_source', { url: urlOf('market/ticker?instId=NO-SUCH') });
  expect(cited.isRefusal).toBe(true);
  expect(JSON.stringify(cited.value)).toContain('hallucination');
  const proposed = await tools.call('propose_order', announcement());
  expect(JSON.stringify(proposed)).toContain('hallucination');
  const placed = await desk.place();
  expect(placed.body.msg).toContain('EVIDENCE_MISSING');
  expect(desk.atVenue('trade/orders-pending')).toEqual([]);
});

test('an order that was announced waits with its reasons, which cannot act on a terminal', async () => {
  const got = await desk.agent('GET', document);
  expect(got.status).toBe(200);
  const sha256 = createHash('sha256').update(JSON.stringify(got.body)).digest('hex');
  await eventually(() => desk.box.events().filter(({ type }) => type === 'request.completed').length >= 2);
  expect(await tools.call('cite_source', { url: urlOf(document) })).toMatchObject({
    isRefusal: false,
    value: { host: okxHost, isTrusted: true, sha256, fetchedAt: expect.stringMatching(/^20\d\d-/) },
  });
  const told = { url: urlOf(document), sha256 };
  expect((await tools.call('cite_source', told)).isRefusal).toBe(false);
  const other = await tools.call('cite_source', {
    ...told,
    sha256: sha256.replace(/^./, (first) => (first === '0' ? '1' : '0')),
  });
  expect(JSON.stringify(other)).toContain('hallucination: what this sandbox fetched has another SHA-256');
  expect(await tools.call('propose_order', announcement())).toMatchObject({ isRefusal: false });
  expect(orders().filter(({ state }) => state === 'held')).toEqual([]);
  expect((await desk.place({ sz: '0.002' })).body.msg).toContain('EVIDENCE_MISSING');
  expect((await desk.place()).body.msg).toContain('pending approval');
  const held = orders().find(({ state }) => state === 'held');
  expect(held?.explanation).toMatchObject({
    maxLoss: '2.5 USDT',
    sources: [{ host: okxHost, sha256 }],
    client: 'agent 1',
  });
  // What a human sees beyond it: the exchange's own spread and the rules' numbers.
  expect(held?.client).toBe(userAgent);
  expect(held?.assessment).toMatchObject({
    effects: [{ instrument: limitOrder.instId, unit: 'base', slippage: { from: 'limit' } }],
    rules: [
      { rule: 'trustedNewsSources', margins: [] },
      { rule: 'requireEvidence', margins: [{ name: 'sources', value: '1', limit: '1', left: '0' }] },
    ],
  });
  const shown = describeExplanation(
    held?.explanation ?? { rationale: '', maxLoss: '', sources: [] },
    Date.now(),
  );
  expect(shown.map(([name]) => name)).toEqual(['agent says', 'its max loss', 'announced by', 'it read', '']);
  expect(shown[4]?.[1]).toBe(`SHA-256 ${sha256}`);
  expect(shown[3]?.[1]).toMatch(/ ago, at 20\d\d-\d\d-\d\dT/);
  expect(JSON.stringify(shown)).not.toMatch(/[^\x20-\x7e]|\\u001b|\u202e/);
  expect(shown[0]?.[1]).toContain('\\u{1b}[2J\\u{202e}evil');
  expect(desk.atVenue('trade/orders-pending')).toEqual([]);
});

test('what was fetched before a rule asked for evidence must be fetched again', async () => {
  const early = 'market/ticker?instId=ETH-USDT';
  const control = desk.box.sidecar.state.orders;
  const evidence = { requireEvidence: { withinMinutes: 30 }, trustedNewsSources: [okxHost] };
  const load = (guardrails: object) =>
    control.loadGuardrails({
      guardrails: { version: 1, ...guardrails },
      confirmed: ['requireEvidence', 'trustedNewsSources'],
      by: 'ann',
    });
  const cite = async () => JSON.stringify(await tools.call('cite_source', { url: urlOf(early) }));
  const fetch = async () => {
    const before = desk.box.events().filter(({ type }) => type === 'request.completed').length;
    await desk.agent('GET', early);
    await eventually(
      () => desk.box.events().filter(({ type }) => type === 'request.completed').length > before,
    );
  };
  load({});
  await fetch();
  load(evidence);
  expect(await cite()).toContain('fetch it again');
  await fetch();
  expect(await cite()).toContain('"sha256"');
});

test('a human’s yes lets exactly that order out, with the evidence asked for again', async () => {
  const held = orders().find(({ state }) => state === 'held');
  await desk.box.sidecar.state.orders.approve(held?.order ?? '', held?.fingerprint.slice(0, 8) ?? '', 'ann');
  expect((await desk.place()).body.code).toBe('0');
  expect(desk.atVenue('trade/orders-pending')).toHaveLength(1);
});

test.each([
  ['no rationale', { rationale: '' }],
  ['a rationale without end', { rationale: 'a'.repeat(2_001) }],
  ['no maximum loss', { maxLoss: undefined }],
  ['an amount in words', { quantity: '1e3' }],
  ['a way to approve', { approve: true }],
])('an announcement with %s is refused', async (_title, more) => {
  expect(await tools.call('propose_order', announcement(more))).toMatchObject({ isRefusal: true });
});
