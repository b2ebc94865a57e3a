// What is searched in messages to hosts that are no venue's, without a socket.
import { expect, test } from 'vitest';
import { CanaryWatch } from '../../../../src/sidecar/canary-watch.js';
import { Matcher, Scrubber } from '../../../../src/sidecar/scrub.js';
import { createPlainScreen, plainMessageBytes } from '../../../../src/sidecar/websocket/plain-screen.js';
import { host, random } from '../../../support/relay-box.js';

const decoy = random('plain-decoy');
const matcher = new Matcher([{ id: 'x', bytes: Buffer.from(decoy) }]);
const here = () => false;
const screen = (isLlm: boolean, maxBodyBytes?: number, canary?: CanaryWatch) =>
  createPlainScreen(
    { id: 'r1', host, rule: maxBodyBytes === undefined ? undefined : ({ maxBodyBytes } as never) },
    {
      decoys: matcher,
      credentials: { isLlm: () => isLlm, plainFor: () => [] } as never,
      ...(canary === undefined ? {} : { canary }),
    },
    () => new Scrubber(matcher),
  );

test('a decoy is found whole, across messages and in control frames, but not where a model reads', () => {
  const judge = screen(false);
  expect(judge.fromAgent(Buffer.from('hello'), false, here)).toMatchObject({ kind: 'forward' });
  expect(judge.fromAgent(Buffer.from(decoy.slice(0, 8)), false, here)).toMatchObject({ kind: 'forward' });
  expect(judge.fromAgent(Buffer.from(decoy.slice(8)), true, here)).toMatchObject({
    kind: 'refuse',
    denied: { code: 'DECOY_MISPLACED', taint: 'decoy-misuse' },
  });
  expect(screen(false).control(Buffer.from(decoy))).toMatchObject({ code: 'DECOY_MISPLACED' });
  expect(screen(true).control(Buffer.from(decoy))).toBeUndefined();
  expect(screen(true).fromAgent(Buffer.from(decoy), false, here)).toMatchObject({ kind: 'forward' });
});

test('the canary’s text in messages to a model is heard, and let through', () => {
  const read: string[] = [];
  const judge = screen(true, undefined, new CanaryWatch(decoy, false, (request) => read.push(request)));
  for (const half of [decoy.slice(0, 9), decoy.slice(9)])
    expect(judge.fromAgent(Buffer.from(half), false, here)).toMatchObject({ kind: 'forward' });
  expect(read).toEqual(['r1']);
});

test('the rule’s cap counts for a message', () => {
  expect(screen(false, 10).maxMessageBytes).toBe(10);
  expect(screen(false).maxMessageBytes).toBe(plainMessageBytes);
});
