import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import type { EndingSignal } from '../../../../src/cli/interrupts.js';
import { callerStreams, terminalFor } from '../../../../src/cli/launch/streams.js';

const contextWith = (
  isTTY: boolean,
  takeOver: (handler: (signal: EndingSignal) => void) => () => void = () => () => {},
) =>
  ({
    stdin: Object.assign(new PassThrough(), { isTTY }),
    stdout: Object.assign(new PassThrough(), { isTTY, columns: 99, rows: 33 }),
    stderr: new PassThrough(),
    interrupts: { takeOver },
  }) as unknown as CliContext;

test('a terminal is given where the profile wants one and the caller has one; a detached box keeps one', () => {
  expect(terminalFor(contextWith(true), true, false)).toEqual({
    isTty: true,
    hasStdin: true,
    size: { columns: 99, rows: 33 },
  });
  expect(terminalFor(contextWith(false), true, false).isTty).toBe(false);
  expect(terminalFor(contextWith(true), false, false).isTty).toBe(false);
  expect(terminalFor(contextWith(false), true, true)).toEqual({ isTty: true, hasStdin: true });
});

test('signals go to the agent; from the third on it is killed', () => {
  let send: (signal: EndingSignal) => void = () => {};
  const forwarded: NodeJS.Signals[] = [];
  const streams = callerStreams(
    contextWith(false, (handler) => {
      send = handler;
      return () => {};
    }),
  );
  streams.onSignal?.((signal) => forwarded.push(signal));
  for (const signal of ['SIGINT', 'SIGINT', 'SIGINT'] as const) send(signal);
  expect(forwarded).toEqual(['SIGINT', 'SIGINT', 'SIGKILL']);
});
