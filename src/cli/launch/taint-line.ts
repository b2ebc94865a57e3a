// The line that tells of a taint to whoever sits in a box's terminal: when they come, when it happens, and at a shell's prompt.
import { TaintFollower } from '../../audit/follow-taint.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { taintLine } from '../box-table.js';
import type { CliContext } from '../context.js';
import { taintPolicyOf } from './taint.js';

type Places = {
  paths: Pick<CliContext['paths'], 'stateDir'>;
  output: Pick<CliContext['output'], 'warn'>;
};

/** Between two looks at the journal, milliseconds. */
const lookMs = 1_000;

/** Tells of the taint there is, and of the one that comes, once. Returns how to stop; that looks a last time. */
export function followTaint({ paths, output }: Places, name: string, everyMs = lookMs): () => void {
  const record = recordIfReadable(paths.stateDir, name);
  if (record === undefined) return () => {};
  const follower = new TaintFollower(boxPaths(paths.stateDir, name).journal, taintPolicyOf(record.launch));
  let isTold = false;
  const look = (): void => {
    if (isTold) return;
    try {
      const { sandboxId, isTainted, count, evidence } = follower.look();
      if (!isTainted || sandboxId !== record.id) return;
      const last = evidence.findLast(({ severity }) => severity === 'taint');
      output.warn(taintLine(name, count, last?.message ?? null));
    } catch {
      // S11: what cannot be read is no proof of innocence.
      output.warn(taintLine(name, 1, 'its journal cannot be read'));
    }
    isTold = true;
  };
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
  };
}

/** Variables that make bash put the taint before its prompt, whatever its start-up files make of the prompt. `name` is a box's. */
export function taintPrompt(name: string): Record<string, string> {
  const mark = `(${name}: tainted) `;
  return { PROMPT_COMMAND: `case $PS1 in '${mark}'*) ;; *) PS1='${mark}'$PS1 ;; esac` };
}
