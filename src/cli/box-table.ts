// The boxes as `ps` shows them to a person.
import { printable, type Style, table } from './style.js';

export interface BoxRow {
  name: string;
  /** running, agent-exited, sidecar-dead, stopped or partial. */
  state: string;
  /** Where the state comes from. */
  detail: string;
  profile: string;
  mode: string;
  isolation: string;
  isPaper: boolean;
  isTainted: boolean;
  evidence: number;
  lastEvidence: string | null;
  guardrailsProblem: string | null;
}

export function boxTable(boxes: readonly BoxRow[], style: Style): string {
  if (boxes.length === 0) return 'no boxes';
  const rows = boxes.map((box) => [
    box.name,
    box.isTainted ? `${box.state}, tainted (${box.evidence})` : box.state,
    box.isPaper ? `${box.mode}, paper` : box.mode,
    box.isolation,
    box.profile,
    box.detail,
  ]);
  const waiting = boxes.flatMap(({ name, guardrailsProblem: why }) =>
    why === null ? [] : [style.yellow(printable(`${name}: new guardrails are not in force: ${why}`))],
  );
  const tainted = boxes.flatMap(({ name, isTainted, evidence, lastEvidence }) =>
    isTainted ? [style.red(printable(taintLine(name, evidence, lastEvidence)))] : [],
  );
  const painted = table(rows, (cell, column) => {
    if (column === 0) return style.bold(cell);
    if (column === 1 && cell.includes('tainted')) return style.red(cell);
    if (column === 1 && cell.trim() !== 'running') return style.yellow(cell);
    return cell;
  });
  return [painted, ...tainted, ...waiting].join('\n');
}

/** What a person reads of a tainted box. */
export function taintLine(name: string, evidence: number, message: string | null): string {
  const pieces = evidence === 1 ? '1 piece of evidence' : `${evidence} pieces of evidence`;
  const last = message === null ? '' : `: ${message}`;
  return `${name} is tainted, no order leaves until \`tradebox reset ${name}\`${last} (${pieces})`;
}
