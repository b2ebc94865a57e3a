// Gives a running box the guardrails as they stand in the file now. A tightening counts at once; what becomes looser needs a person at
// a terminal, who is shown each limit; a file that is wrong changes nothing.
import { guardrailsFile, loadGuardrails } from '../../config/guardrails-file.js';
import { watchFiles } from '../../config/watch-files.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { documentOf, type Guardrails } from '../../guard/guardrails.js';
import { control } from '../../sandbox/control.js';
import type { Engine } from '../../sandbox/engine.js';
import {
  type ControlReply,
  type ControlRequest,
  type GuardrailsReply,
  guardrailsReplySchema,
} from '../../sidecar/control.js';
import type { CliContext } from '../context.js';
import { personName } from './orders.js';

/** Asks the box's sidecar. */
export type AskSidecar = (request: ControlRequest) => Promise<ControlReply>;

/** True when the person agrees that these limits give an agent more room. */
type Confirm = (loosened: GuardrailsReply['loosened']) => Promise<boolean>;

/**
 * Loads the rules. On any error the old ones stay, and the journal of the box says why. Without `confirm` nothing looser is taken.
 * Throws BOX_UNKNOWN, BOX_NOT_RUNNING, CONFIG_…, SIDECAR_FAILED.
 */
export async function reloadGuardrails(
  context: CliContext,
  engine: Engine,
  name: string,
  confirm?: Confirm,
  ask: AskSidecar = (request) => control(engine, name, request),
): Promise<GuardrailsReply> {
  let guardrails: Guardrails | undefined;
  try {
    guardrails = loadGuardrails(context.env, context.paths);
    if (guardrails === undefined) {
      throw new TradeboxError('CONFIG_INVALID', `there is no ${guardrailsFile(context.paths)}`, {
        remedy: 'To lift limits from a running box, write the file without them.',
      });
    }
  } catch (thrown) {
    await ask({ op: 'guardrails-problem', message: messageOf(thrown) });
    throw thrown;
  }
  return hand(guardrails, ask, name, confirm);
}

/** The exchange with the sidecar. Throws CONFIG_INVALID when the old rules stay. */
export async function hand(
  guardrails: Guardrails,
  ask: AskSidecar,
  name: string,
  confirm?: Confirm,
): Promise<GuardrailsReply> {
  const send = async (confirmed: readonly string[]): Promise<GuardrailsReply> => {
    const by = personName();
    const reply = await ask({
      op: 'guardrails',
      guardrails: documentOf(guardrails),
      confirmed: [...confirmed],
      by,
    });
    if (reply.ok) return guardrailsReplySchema.parse(reply.result);
    throw new TradeboxError('CONFIG_INVALID', `${name} keeps its old guardrails: ${reply.message}`);
  };
  const first = await send([]);
  if (first.isInForce) return first;
  const agreed = confirm === undefined ? false : await confirm(first.loosened);
  // What was agreed to is what was shown: rules that changed meanwhile are compared, and refused, anew.
  const second = agreed ? await send(first.loosened.map(({ limit }) => limit)) : first;
  if (second.isInForce) return second;
  const limits = second.loosened.map(({ limit }) => limit).join(', ');
  throw new TradeboxError('CONFIG_INVALID', `${name} keeps its old guardrails: looser ${limits}`, {
    remedy: `Agree to it at a terminal with \`tradebox guard reload ${name}\`.`,
  });
}

/** While attached, the box follows guardrails.yaml. Nobody is asked: the agent may have the terminal. Returns how to stop. */
export function followGuardrails(
  context: CliContext,
  engine: Engine,
  name: string,
  ask: AskSidecar,
): () => void {
  let previous = Promise.resolve();
  const reload = (): Promise<void> =>
    reloadGuardrails(context, engine, name, undefined, ask).then(
      () => context.output.note(`${name}: the new guardrails are in force`),
      (thrown: unknown) => context.output.warn(`the old guardrails stay: ${messageOf(thrown)}`),
    );
  return watchFiles([guardrailsFile(context.paths)], () => {
    previous = previous.then(reload);
  });
}
