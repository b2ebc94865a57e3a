import { expect, test } from 'vitest';
import { decideHead, decideWhole } from '../../../src/sidecar/pipeline.js';
import { decide, exchangeOf, get, llmDecoy, llmSecret, makeWorld } from '../../support/pipeline-world.js';

// S11.
test('a stage that throws denies', () => {
  const world = makeWorld({
    venueOf: () => {
      throw new Error(`quotes ${llmSecret}`);
    },
  });
  const { denied } = decide(world, 'open.test', get('open.test', '/ok/'));
  expect(denied).toMatchObject({ status: 503, code: 'STAGE_FAILED' });
  expect(JSON.stringify(denied)).not.toContain(llmSecret);
});

test('the head is judged before the body, the body before it goes', () => {
  const world = makeWorld();
  const { exchange, body } = exchangeOf(
    'open.test',
    `POST /ok/ HTTP/1.1\r\nHost: open.test\r\nContent-Length: ${llmDecoy.length}\r\n\r\n${llmDecoy}`,
  );
  expect(decideHead(exchange, world)?.code).toBe('METHOD_DENIED');
  expect(decideWhole(exchange, world, body)?.code).toBe('DECOY_MISPLACED');
  expect(decideWhole(exchange, world, Buffer.from('plain'))).toBeUndefined();
});
