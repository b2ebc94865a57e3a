// Journal records for other programs: JSON lines as they stand, or a table for a spreadsheet.

import type { JournalRecord } from './events.js';
import { encodeRecord } from './record.js';

export const exportFormats = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Columns that many events have, each by its path in the event; what else an event says stands in `details`, as JSON. */
const columns = {
  sandbox: ['sandbox'],
  account: ['account'],
  order: ['order'],
  request: ['request'],
  verdict: ['verdict', 'decision', 'outcome', 'state'],
  code: ['code', 'cause'],
  by: ['approver', 'by'],
  host: ['host'],
  method: ['method'],
  target: ['target'],
  status: ['status'],
  fingerprint: ['fingerprint'],
  digest: ['digest'],
  notional: ['notional'],
  message: ['message', 'problem'],
} as const;

/** The lines of the export, without line ends; CSV has a header (RFC 4180, but for the line end, which the caller writes). */
export function* exportLines(records: Iterable<JournalRecord>, format: ExportFormat): Generator<string> {
  if (format === 'csv') yield ['seq', 'at', 'prev', 'type', ...Object.keys(columns), 'details'].join(',');
  for (const record of records) yield format === 'jsonl' ? encodeRecord(record) : csvLine(record);
}

function csvLine({ seq, at, prev, event }: JournalRecord): string {
  const { type, ...rest } = event as { type: string } & Record<string, unknown>;
  const cells = Object.values(columns).map((names) => {
    const name = names.find((one) => rest[one] !== undefined);
    if (name === undefined) return '';
    const value = rest[name];
    delete rest[name];
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
  const details = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest);
  return [String(seq), at, prev, type, ...cells, details].map(cell).join(',');
}

/** Agent text must not act in a spreadsheet: what would begin a formula is made text (OWASP, CSV Injection). */
function cell(text: string): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const inert = !isNumber && /^[=+\-@\t\r\n|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
