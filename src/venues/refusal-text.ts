// The sentence of a refusal that every venue's client shows: one line, marked as ours, with the id that finds the journal line.
import type { Refusal } from './venue.js';

export function refusalText({ message, requestId }: Refusal): string {
  // D19: what a refusal quotes of the agent cannot move the cursor, turn the line around or break it.
  const line = message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return `tradebox: ${line} (request ${requestId})`;
}
