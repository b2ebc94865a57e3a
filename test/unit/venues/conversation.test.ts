// Questions of several requests: what is asked next depends on what was heard, and the last value counts.
import { expect, test } from 'vitest';
import type { VenueCall } from '../../../src/venues/admin.js';
import { andThen, askEach, step } from '../../../src/venues/conversation.js';
import { ownRequest } from '../../../src/venues/venue-answers.js';

const parts = (path: string) => ({ request: ownRequest('GET', 'h', path), isPublic: false });
const said = (text: string) => ({ status: 200, body: Buffer.from(text) });

/** Answers each request with its own path; gives the paths and the last value. */
function run<T>(call: VenueCall<T>, answers: Record<string, string> = {}) {
  const asked: string[] = [];
  let next: VenueCall<T> | undefined = call;
  let value: T | undefined;
  while (next !== undefined) {
    const { path } = next.request;
    asked.push(path);
    value = next.read(said(answers[path] ?? path));
    next = value === undefined ? undefined : next.follow?.(value);
  }
  return { asked, value };
}

test('a step asks what its answer calls for', () => {
  const last = step<string>(parts('/b'), ({ body }) => ({ value: `end ${body}` }));
  const call = step<string>(parts('/a'), () => ({ value: 'start', next: last }));
  expect(run(call)).toEqual({ asked: ['/a', '/b'], value: 'end /b' });
  const silent = step<string>(parts('/a'), () => undefined);
  expect(run(silent)).toEqual({ asked: ['/a'], value: undefined });
});

test('what comes then waits for all that the call calls for', () => {
  const two = step<string>(parts('/a'), () => ({
    value: '1',
    next: step(parts('/b'), () => ({ value: '2' })),
  }));
  const call = andThen(two, (value) => step(parts('/c'), () => ({ value: `${value}3` })));
  expect(run(call)).toEqual({ asked: ['/a', '/b', '/c'], value: '23' });
});

test('each account is asked until one says it all', () => {
  const accounts = { parts: parts('/accounts'), read: () => ['x', 'y', 'z'] };
  const ask = (account: string, known: string): VenueCall<string> => ({
    ...parts(`/${account}`),
    read: ({ body }) => known + body.toString(),
  });
  expect(run(askEach(accounts, '', ask))).toEqual({
    asked: ['/accounts', '/x', '/y', '/z'],
    value: '/x/y/z',
  });
  expect(run(askEach(accounts, '', ask, (known) => known.endsWith('y'))).asked).toEqual([
    '/accounts',
    '/x',
    '/y',
  ]);
  expect(run(askEach({ ...accounts, read: () => undefined }, '', ask)).value).toBeUndefined();
});
