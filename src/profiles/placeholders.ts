// Placeholders in a profile's variables and files: `{{decoy:okx.apiKey}}`, `{{decoy:anthropic}}`, `{{ca}}`, `{{proxy}}`. Decoys
// only: no spelling of a placeholder names a real secret (S1).
import { nearest } from '../core/nearest.js';
import { findVenue } from '../venues/venues.js';

/** What placeholders stand for in one box. */
export interface PlaceholderValues {
  /** Decoy of a venue's field (`okx.apiKey`) or of a plain credential (`anthropic`); undefined when none is attached. */
  decoy(key: string): string | undefined;
  /** Path of the box's CA file, inside the box. */
  ca: string;
  /** URL of the CONNECT proxy, as the box sees it. */
  proxy: string;
}

const anyPlaceholder = /\{\{([^{}]*)\}\}/g;
const decoyKey = /^decoy:([a-z][a-z0-9-]*)(?:\.([A-Za-z][A-Za-z0-9]*))?$/;

/** Why a text's placeholders cannot be filled; undefined when they can. */
export function explainTemplate(text: string): string | undefined {
  for (const [whole, inner = ''] of text.matchAll(anyPlaceholder)) {
    if (inner === 'ca' || inner === 'proxy') continue;
    const problem = explainDecoy(inner);
    if (problem !== undefined) return `${whole.slice(0, 60)}: ${problem}`;
  }
  return undefined;
}

/** The text with its placeholders filled; undefined when it names a decoy that the box does not have: leave the entry out. */
export function fillTemplate(text: string, values: PlaceholderValues): string | undefined {
  let isComplete = true;
  const filled = text.replace(anyPlaceholder, (_whole, inner: string) => {
    if (inner === 'ca') return values.ca;
    if (inner === 'proxy') return values.proxy;
    const value = values.decoy(inner.slice('decoy:'.length));
    if (value === undefined) isComplete = false;
    return value ?? '';
  });
  return isComplete ? filled : undefined;
}

function explainDecoy(inner: string): string | undefined {
  const match = decoyKey.exec(inner);
  if (match === null)
    return 'the placeholders are {{decoy:venue.field}}, {{decoy:credential}}, {{ca}} and {{proxy}}';
  const [, id = '', field] = match;
  if (field === undefined) return undefined;
  const venue = findVenue(id);
  if (venue === undefined) return 'no such venue';
  const names = venue.credential.map(({ name }) => name);
  if (names.includes(field)) return undefined;
  const near = nearest(field, names);
  return near === undefined ? `its fields are ${names.join(', ')}` : `did you mean "${id}.${near}"?`;
}
