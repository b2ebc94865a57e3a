// `run` on the name of a tainted box: whoever sits at the terminal sees the evidence and may have the box reset.
import type { TradeboxError } from '../../core/errors.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';
import { describeResting, type Resting } from './leave.js';
import { lookInto } from './taint.js';

export interface TaintedBox {
  /** Orders that may rest at a venue with real money; undefined when nobody could tell. */
  resting(): Promise<readonly Resting[] | undefined>;
  /** Ends it; its journal stays. */
  end(): Promise<void>;
}

const shownPieces = 10;

/** Ends the box once a person has agreed. Throws `refused` when there is nobody to ask, or the answer is no. */
export async function resetTainted(
  context: Pick<CliContext, 'paths' | 'output' | 'prompt'>,
  name: string,
  refused: TradeboxError,
  box: TaintedBox,
): Promise<void> {
  const { output, prompt } = context;
  if (!prompt.isInteractive) throw refused;
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
  await box.end();
}
