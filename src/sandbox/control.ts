// Talks to a sidecar: one request, one reply, over the engine's exec of the bridge beside the control socket (S9: the agent has no way to it).
import { exitCodes, messageOf, TradeboxError } from '../core/errors.js';
import { type ControlReply, type ControlRequest, controlReplySchema } from '../sidecar/control.js';
import type { Engine } from './engine.js';
import { captureExec, runningContainers } from './exec.js';
import { sidecarCommand } from './spec.js';

const replyDeadlineMs = 10_000;
/** What an older sidecar may still answer for its successor: what tells, or what the account's journal keeps. */
const outlivesSidecar: ReadonlySet<ControlRequest['op']> = new Set([
  'kill',
  'orders',
  'reject',
  'resume',
  'status',
]);

/**
 * Throws BOX_UNKNOWN, BOX_NOT_RUNNING, SIDECAR_FAILED. A refusal by the sidecar is a reply, not an error. While a box is replaced the
 * newer sidecar has no settings and hears nothing until the older one has closed: then that is asked, unless its answer would be lost
 * with it (new keys, rules).
 */
export async function control(
  engine: Engine,
  name: string,
  request: ControlRequest,
  deadlineMs = replyDeadlineMs,
): Promise<ControlReply> {
  const [newest, ...older] = await runningContainers(engine, name, 'sidecar');
  const ask = (sidecar: string) =>
    captureExec(
      engine,
      sidecar,
      { argv: [...sidecarCommand, 'control'], input: `${JSON.stringify(request)}\n` },
      deadlineMs,
    );
  let answer = await ask(newest);
  for (const sidecar of older) {
    // What the bridge ends with where nobody listens.
    if (answer.exitCode !== exitCodes.fault || !outlivesSidecar.has(request.op)) break;
    answer = await ask(sidecar);
  }
  const line = answer.stdout.split('\n', 1)[0] ?? '';
  try {
    return controlReplySchema.parse(JSON.parse(line));
  } catch (thrown) {
    const said = answer.stderr.trim() || messageOf(thrown);
    throw new TradeboxError('SIDECAR_FAILED', `The sidecar of "${name}" gave no answer: ${said}`, {
      cause: thrown,
    });
  }
}
