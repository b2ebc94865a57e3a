// A request as it stands when it has just come, and one that could not be read.
import { expect, test } from 'vitest';
import { newOpen, planCollecting, unreadHead } from '../../../../src/sidecar/http1/open-request.js';
import { newExchange } from '../../../../src/sidecar/pipeline.js';

test('an unread request ends its connection and has nothing that could be forwarded', () => {
  const head = unreadHead();
  expect(head).toMatchObject({ method: '', target: '', close: true, framing: { kind: 'none' } });
  expect(head.fields.count).toBe(0);
  const place = { id: 'r', ingress: 'tls' as const, host: 'a.test', port: 443 };
  const open = newOpen(newExchange({ ...place, head, headBytes: Buffer.alloc(0) }));
  expect(open).toMatchObject({
    collected: undefined,
    collectedBytes: 0,
    isRefused: false,
    flight: undefined,
  });
});

test('what a venue gets is collected up to its bound', () => {
  const place = { id: 'r', ingress: 'tls' as const, host: 'a.test', port: 443 };
  const open = (length: number) => {
    const head = { ...unreadHead(), framing: { kind: 'length' as const, length } };
    const made = newOpen(newExchange({ ...place, head, headBytes: Buffer.alloc(0) }));
    made.exchange.venue = { id: 'x' } as never;
    return made;
  };
  const limits = { venue: 40, whole: 10 };
  const world = { credentials: { isLlm: () => false, plainFor: () => [] } as never };
  const fits = open(40);
  expect(planCollecting(fits, limits, world)).toBeUndefined();
  expect(fits).toMatchObject({ collected: [], limitBytes: 40 });
  expect(planCollecting(open(41), limits, world)).toMatchObject({ status: 413 });
});
