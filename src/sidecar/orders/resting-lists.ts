// What rests at a venue, list by list: a list that cannot be read hides no other one.
import type { AdminPlace, RestingOrder, VenueAdmin } from '../../venues/admin.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';

/** One page, or why a list could not be read from there on. `list` names the list, the same in every look. */
export type RestingPage =
  | { list: string; orders: readonly RestingOrder[]; problem?: never }
  | { list: string; orders?: never; problem: string };

export interface RestingParts {
  account: CallAccount;
  admin: Pick<VenueAdmin, 'openOrders'>;
  ask: AskVenue;
  /** For one page, milliseconds. */
  deadlineMs: number;
}

/** Pages of one list; more would be more orders than any venue lets rest. */
const maxPages = 50;
/** More would be a leaf that goes in circles. */
const maxLists = 32;

/** Asks for page after page while it is read. Never throws. */
export async function* restingPages({
  account,
  admin,
  ask,
  deadlineMs,
}: RestingParts): AsyncGenerator<RestingPage, void, void> {
  const at: AdminPlace = { environment: account.environment };
  let page: string | undefined;
  for (let lists = 0; lists < maxLists; lists += 1) {
    const list = page ?? '';
    const { nextList } = admin.openOrders(at, page);
    for (let pages = 1; ; pages += 1) {
      const listed = await ask(account, admin.openOrders(at, page), deadlineMs);
      if (!listed.isUnderstood) {
        yield { list, problem: listed.problem };
        break;
      }
      yield { list, orders: listed.value.orders };
      page = listed.value.next;
      if (page === undefined || page === nextList) break;
      if (pages === maxPages) {
        yield { list, problem: `it has more than ${maxPages} pages` };
        break;
      }
    }
    if (nextList === undefined) return;
    page = nextList;
  }
}
