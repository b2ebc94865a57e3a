// `run` on the name of a tainted box: whoever sits at the terminal sees the evidence and may have the box reset.
import { TradeboxError } from '../../core/errors.js';
import { holdName } from '../../sandbox/name-lock.js';
import { recordIfReadable } from '../../sandbox/records.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';
import { describeResting, type Resting } from './leave.js';
import { lookInto } from './taint.js';

export interface TaintedBox<T> {
  /** Orders that may rest at a venue with real money; undefined when nobody could tell. */
  resting(): Promise<readonly Resting[] | undefined>;
  /** Ends it, its journal stays, and makes the clean one. Its name is held meanwhile. */
  reset(): Promise<T>;
}

const shownPieces = 10;

/**
 * Resets the box once a person has agreed. Throws `refused` when there is nobody to ask, or the answer is no; NAME_TAKEN when the box
 * that was asked about is another one by then, or a clean one: the yes was not for that.
 */
export async function resetTainted<T>(
  context: Pick<CliContext, 'paths' | 'output' | 'prompt'>,
  name: string,
  refused: TradeboxError,
  box: TaintedBox<T>,
): Promise<T> {
  const { output, prompt, paths } = context;
  if (!prompt.isInteractive) throw refused;
  const id = recordIfReadable(paths.stateDir, name)?.id;
  const { findings, pieces } = lookInto(context, name);
  const shown = pieces.slice(-shownPieces);
  const rest = findings.evidence - shown.length;
  const lines =
    shown.length === 0
      ? [`  ${findings.lastEvidence ?? 'the evidence is gone'}`]
      : shown.map(({ at, cause, message }) => printable(`  ${at} ${cause}: ${message}`));
  output.warn(
    [
      refused.message,
      ...lines,
      ...(shown.length > 0 && rest > 0
        ? [`  and ${rest} more: tradebox audit show ${name} --type taint`]
        : []),
    ].join('\n'),
  );
  const resting = await box.resting();
  if (resting?.length !== 0) {
    output.warn(
      `${describeResting(resting)} may still rest at the venue; the new box watches those of its own accounts only`,
    );
  }
  if (!(await prompt.confirm(`Reset ${name}: discard it and start a clean box?`, false))) throw refused;
  return holdName(paths.stateDir, name, async () => {
    if (recordIfReadable(paths.stateDir, name)?.id === id && lookInto(context, name).findings.isTainted)
      return box.reset();
    throw new TradeboxError(
      'NAME_TAKEN',
      `the box ${name} was reset or removed by another tradebox while you were asked; nothing was ended`,
      { remedy: `Look at it with \`tradebox ps\`, and run the command again.` },
    );
  });
}
