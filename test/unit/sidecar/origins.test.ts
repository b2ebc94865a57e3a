import { expect, test } from 'vitest';
import { isHttp1Only, isHttp2Only, type Origin, Origins } from '../../../src/sidecar/origins.js';
import type { UpstreamConnection } from '../../../src/sidecar/upstream-connection.js';

/** An idle connection of an origin; `ended` tells of each that is destroyed. */
function idleIn(origin: Origin, idleSince: number, ended: number[]): void {
  origin.open += 1;
  const connection = {
    idleSince,
    destroy() {
      ended.push(idleSince);
      origin.open -= 1;
      origin.idle.splice(origin.idle.indexOf(connection as unknown as UpstreamConnection), 1);
    },
  };
  origin.idle.push(connection as unknown as UpstreamConnection);
}

test('host and port name an origin, whichever was asked for last', () => {
  const origins = new Origins();
  const first = origins.of('a', 443);
  expect(origins.of('a', 443)).toBe(first);
  expect([origins.of('a', 8443), origins.of('b', 443)]).not.toContain(first);
  expect(origins.of('a', 443)).toBe(first);
  expect([isHttp1Only(first), isHttp2Only(first)]).toEqual([false, false]);
  first.http1OnlyUntil = performance.now() + 60_000;
  expect([isHttp1Only(first), isHttp2Only(first)]).toEqual([true, false]);
});

test('connections that are idle for too long end, or all at once', () => {
  const origins = new Origins();
  const ended: number[] = [];
  for (const host of ['a', 'b']) for (const since of [1, 2, 3]) idleIn(origins.of(host, 443), since, ended);
  origins.sweep(3);
  expect(ended).toEqual([1, 2, 1, 2]);
  origins.endIdle();
  expect(ended).toEqual([1, 2, 1, 2, 3, 3]);
});

test('of too many origins one is forgotten that nothing is open to, also where that ended only now', () => {
  const origins = new Origins();
  const used = origins.of('used', 443);
  used.streams = 1;
  const idle = origins.of('idle', 443);
  idleIn(idle, 0, []);
  const all = Array.from({ length: 254 }, (_, index) => origins.of(`host-${index}`, 443));
  origins.sweep(0);
  expect(origins.of('host-0', 443)).toBe(all[0]);
  const last = origins.of('one-more', 443);
  origins.sweep(1);
  expect(origins.of('used', 443)).toBe(used);
  expect(origins.of('idle', 443)).not.toBe(idle);
  // No more than there are too many.
  expect(origins.of('host-0', 443)).toBe(all[0]);
  expect(origins.of('one-more', 443)).toBe(last);
});
