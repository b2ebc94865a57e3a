// What the agent is told of a refusal: its codes, and of a code that is no plain word what it means.
import { expect, test } from 'vitest';
import { readingTools } from '../../../../src/sidecar/mcp/reading-tools.js';

test('a refused turn-around is explained: why, for how long, and what passes', () => {
  const orders = [
    { order: 'abc', state: 'rejected', reasons: ['REVERSED_CLOSE', 'ORDER_THROTTLE'] },
    { order: 'def', state: 'rejected', reasons: ['ORDER_THROTTLE'] },
  ];
  const tools = readingTools({
    about: { sandbox: 'test', mode: 'demo', paper: true },
    view: { read: (path) => (path === '/orders' ? { orders } : undefined) },
  });
  const explain = (order: string) =>
    tools.find(({ name }) => name === 'explain_denial')?.call({ order }, {}).value;
  expect(explain('abc')).toMatchObject({
    reasons: ['REVERSED_CLOSE', 'ORDER_THROTTLE'],
    meanings: [expect.stringMatching(/opens? the reverse.*closedMs.*get_limits/)],
  });
  expect(explain('def')).toMatchObject({ meanings: [] });
});
