// The clock of the American exchanges.

let clock: Intl.DateTimeFormat | undefined;

/** `2026-11-20 09:30:00`, as it is in New York. The format is made when it is first used: no snapshot of a program holds one. */
export function newYorkTime(atMs: number): string {
  clock ??= new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'America/New_York',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return clock.format(atMs);
}
