// Talks to a sidecar: one request, one reply, over the engine's exec of the bridge beside the control socket (S9: the agent has no way to it).
import { messageOf, TradeboxError } from '../core/errors.js';
import { type ControlReply, type ControlRequest, controlReplySchema } from '../sidecar/control.js';
import type { Engine } from './engine.js';
import { captureExec, runningContainer } from './exec.js';
import { sidecarCommand } from './spec.js';

const replyDeadlineMs = 10_000;

/** Throws BOX_UNKNOWN, BOX_NOT_RUNNING, SIDECAR_FAILED. A refusal by the sidecar is a reply, not an error. */
export async function control(
  engine: Engine,
  name: string,
  request: ControlRequest,
  deadlineMs = replyDeadlineMs,
): Promise<ControlReply> {
  const sidecar = await runningContainer(engine, name, 'sidecar');
  const answer = await captureExec(
    engine,
    sidecar,
    { argv: [...sidecarCommand, 'control'], input: `${JSON.stringify(request)}\n` },
    deadlineMs,
  );
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
