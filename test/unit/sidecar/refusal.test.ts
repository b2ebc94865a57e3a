import { expect, test } from 'vitest';
import { failureAnswer, refusalAnswer } from '../../../src/sidecar/refusal.js';
import { okx } from '../../../src/venues/okx/okx.js';

const bodyOf = ({ body }: { body: Buffer }) => JSON.parse(body.toString());

test.each([400, 403, 413, 415, 501, 502, 503, 504])('%i has its own words and the request id', (status) => {
  const answer = refusalAnswer(status, 'r-1');
  expect(answer.status).toBe(status);
  expect(bodyOf(answer).error).toMatchObject({ type: 'tradebox', request_id: 'r-1' });
});

test('a venue is answered for in its shape, but not for its own failures', () => {
  expect(bodyOf(refusalAnswer(403, 'r-1', okx))).toMatchObject({ code: '50120' });
  expect(bodyOf(refusalAnswer(413, 'r-1', okx)).msg).toContain('too large');
  expect(bodyOf(refusalAnswer(501, 'r-1', okx)).msg).toContain('WebSocket');
  expect(refusalAnswer(502, 'r-1', okx).status).toBe(502);
  expect(bodyOf(refusalAnswer(502, 'r-1', okx))).toHaveProperty('error');
});

test('an unknown outcome tells not to send again', () => {
  const order = { class: 'order', operation: 'trade/order', isPublic: false } as const;
  const sent = failureAnswer({ id: 'r-1', venue: okx, classification: order }, 'UPSTREAM_TIMEOUT', true);
  expect(bodyOf(sent).msg).toMatch(/do not send it again.*r-1/);
  const unsent = failureAnswer({ id: 'r-1', venue: okx, classification: order }, 'UPSTREAM_TIMEOUT', false);
  expect([unsent.status, unsent.body.toString()]).toEqual([504, expect.not.stringContaining('again.*r-1')]);
});
