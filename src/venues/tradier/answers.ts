// Tradier's JSON answers: lists of one are bare objects, empty lists the text `null`; orders, quotes and accounts in them.
// Sources: documentation.tradier.com/brokerage-api/reference/response ("Account", "Order", "Quote"); QuantConnect
// Lean.Brokerages.Tradier Orders.cs, UserProfile.cs (SingleValueListConverter, NullStringValueConverter).
import type { RestingOrder, VenueAnswer, VenueOrderState } from '../admin.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import {
  idIn,
  objectIn,
  objectOf,
  orderStateOf,
  priceIn,
  readAll,
  restingOrderOf,
  rowsOf,
  textIn,
  unsignedIn,
} from '../venue-answers.js';

/** `{"<outer>": {"<inner>": …}}`: the objects of a list; undefined when the answer is no such list. */
export function listIn(
  answer: VenueAnswer,
  outer: string,
  inner: string,
): readonly StrictObject[] | undefined {
  const whole = objectOf(answer);
  if (answer.status !== 200 || whole?.has(outer) !== true) return undefined;
  const held = whole.get(outer);
  if (held === null || held === 'null') return [];
  return isStrictObject(held) && held.has(inner) ? oneOrMany(held.get(inner)) : undefined;
}

function oneOrMany(value: StrictJson | undefined): readonly StrictObject[] | undefined {
  return isStrictObject(value) ? [value] : rowsOf(value);
}

/** The quote of a symbol among those of GET /v1/markets/quotes. */
export function quoteOf(answer: VenueAnswer, instrument: string): StrictObject | undefined {
  return listIn(answer, 'quotes', 'quote')?.find((row) => textIn(row, 'symbol') === instrument);
}

export interface ProfileAccount {
  number: string;
  isActive: boolean;
}

/** GET /v1/user/profile: the accounts that the token reaches, without closed ones; undefined where there is none. */
export function accountsIn(answer: VenueAnswer): readonly ProfileAccount[] | undefined {
  const profile = objectIn(objectOf(answer), 'profile');
  if (answer.status !== 200) return undefined;
  const all = readAll(oneOrMany(profile?.get('account')), (row) => {
    const number = idIn(row, 'account_number');
    const status = textIn(row, 'status')?.toLowerCase();
    return number === undefined || !/^[A-Z0-9]{4,16}$/.test(number) || status === undefined
      ? undefined
      : { number, status };
  });
  const open = all?.filter(({ status }) => status !== 'closed');
  return open === undefined || open.length === 0
    ? undefined
    : open.map(({ number, status }) => ({ number, isActive: status === 'active' }));
}

// "Order statuses"; `submitted` is Lean's. An order that is held or bid for may still be filled.
const states: Readonly<Record<string, VenueOrderState['state']>> = {
  open: 'resting',
  partially_filled: 'resting',
  pending: 'resting',
  pending_cancel: 'resting',
  submitted: 'resting',
  calculated: 'resting',
  accepted_for_bidding: 'resting',
  held: 'resting',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'canceled',
  rejected: 'rejected',
  error: 'rejected',
};

export function stateIn(row: StrictObject): VenueOrderState['state'] | undefined {
  return states[textIn(row, 'status') ?? ''];
}

/** Undefined when one of its members is missing; an order of several legs is named by what it is on. */
export function restingOrder(row: StrictObject, venueAccount: string): RestingOrder | undefined {
  const [firstLeg] = oneOrMany(row.get('leg')) ?? [];
  const side = textIn(row, 'side');
  return restingOrderOf({
    instrument: idIn(row, 'option_symbol') ?? idIn(row, 'symbol') ?? idIn(firstLeg, 'symbol'),
    venueOrderId: idIn(row, 'id'),
    venueAccount,
    kind: 'plain',
    side: side?.startsWith('buy') ? 'buy' : side?.startsWith('sell') ? 'sell' : undefined,
    clientOrderId: idIn(row, 'tag'),
  });
}

export function orderState(row: StrictObject): VenueOrderState | undefined {
  return orderStateOf({
    state: stateIn(row),
    venueOrderId: idIn(row, 'id'),
    filled: unsignedIn(row, 'exec_quantity'),
    averagePrice: priceIn(row, 'avg_fill_price'),
    clientOrderId: idIn(row, 'tag'),
  });
}

/** What a refusal says, lower case: `{"errors":{"error":…}}`, text or a list of texts; undefined when it is none. */
export function errorIn(answer: VenueAnswer): string | undefined {
  const errors = objectIn(objectOf(answer), 'errors');
  const error = errors?.get('error');
  const texts: readonly StrictJson[] = Array.isArray(error) ? error : [error ?? null];
  return texts.every((text) => typeof text === 'string') ? texts.join('; ').toLowerCase() : undefined;
}
