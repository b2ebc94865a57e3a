// The caller's side of an attached process: its terminal or pipes, and the signals meant for the agent.
import type { BoxStreams } from '../../sandbox/attach.js';
import type { BoxSpec } from '../../sandbox/spec.js';
import type { CliContext } from '../context.js';
import type { EndingSignal } from '../interrupts.js';

/** Signals after which the caller is taken at their word: the agent is killed. */
const patience = 3;

/** Streams that hand signals to the agent; the third of a kind is a SIGKILL. */
export function callerStreams(context: CliContext): BoxStreams {
  return {
    stdin: context.stdin,
    stdout: context.stdout,
    stderr: context.stderr,
    onSignal: (forward) => {
      let count = 0;
      return context.interrupts.takeOver((signal: EndingSignal) => {
        count += 1;
        forward(count < patience ? signal : 'SIGKILL');
      });
    },
  };
}

/** The agent gets a terminal where the profile wants one and the caller has one; a detached box keeps one for later. */
export function terminalFor(
  context: Pick<CliContext, 'stdin' | 'stdout'>,
  wantsTty: boolean,
  isDetached: boolean,
): BoxSpec['terminal'] {
  const callerHasTty = context.stdin.isTTY === true && context.stdout.isTTY === true;
  const { columns, rows } = context.stdout as { columns?: number; rows?: number };
  const isTty = wantsTty && (isDetached || callerHasTty);
  return {
    isTty,
    hasStdin: true,
    ...(isTty && callerHasTty && columns !== undefined && rows !== undefined
      ? { size: { columns, rows } }
      : {}),
  };
}
