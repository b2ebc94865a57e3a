// Keeps the venue's own dead-man switch set while orders of an account may rest: when the sidecar dies, or this machine loses its
// network, the venue cancels them. It is set anew well within its time, and taken back once nothing rests. Where a venue has one for
// each market, each is kept so for itself.
import type { OrderEntry } from '../../orders/ledger.js';
import { outStates } from '../../orders/lifecycle.js';
import type { VenueAdmin } from '../../venues/admin.js';
import type { AskVenue } from '../venue-calls.js';
import type { TradingAccount } from './accounts.js';

/** Without a word about it, boxes that trade real money on their own have one of so long, milliseconds. */
export const defaultDeadManMs = 60_000;

export interface DeadManParts {
  accounts(): readonly Trading[];
  ask: AskVenue;
  nowMs(): number;
  timeoutMs: number;
}

type Trading = Pick<TradingAccount, 'account' | 'desk' | 'journal'>;

/** Looks within one timeout: two may be lost. */
export const looksPerTimeout = 3;

/** Switches of one account that are kept set: at Binance so many, set three times a minute, are a quarter of the weight that it allows. */
export const mostMarkets = 20;

/** Stands for the one switch of an account whose venue has no others. */
const wholeAccount = '';

export class DeadMan {
  readonly #parts: DeadManParts;
  /** What the journal says last of each switch, by account and market. */
  readonly #told = new Map<string, string>();
  /** When each market's switch was last set, milliseconds, by account; without an entry it is not. */
  readonly #setMs = new Map<string, Map<string, number>>();

  constructor(parts: DeadManParts) {
    this.#parts = parts;
  }

  /** Sets or takes back the switches of every account, but for those that were set just now. Never rejects. */
  async look(): Promise<void> {
    await Promise.all(
      this.#parts.accounts().map((trading) =>
        // The journal has failed: no order passes any more (S11).
        this.#lookAt(trading).catch(() => undefined),
      ),
    );
  }

  async #lookAt(trading: Trading): Promise<void> {
    const { account, desk } = trading;
    const { admin } = account.venue;
    if (admin?.setDeadMan === undefined) return;
    const set = this.#setMs.get(account.id) ?? new Map<string, number>();
    this.#setMs.set(account.id, set);
    const wanted = marketsOf(admin, desk.ledger.openIn(...outStates));
    const kept = [...set.keys()].filter((market) => wanted.has(market));
    const armed = new Set([...new Set([...kept, ...wanted])].slice(0, mostMarkets));
    for (const market of wanted) {
      if (armed.has(market)) continue;
      this.#tell(trading, market, { isSet: false, timeoutMs: this.#parts.timeoutMs, problem: tooMany });
    }
    await Promise.all(
      [...new Set([...armed, ...set.keys()])].map((market) =>
        this.#keep(trading, market, armed.has(market), set),
      ),
    );
  }

  async #keep(trading: Trading, market: string, isWanted: boolean, set: Map<string, number>): Promise<void> {
    const { ask, nowMs, timeoutMs } = this.#parts;
    const { account } = trading;
    const { environment, venue } = account;
    const setMs = set.get(market);
    if (venue.admin?.setDeadMan === undefined) return;
    const sinceMs = setMs === undefined ? Infinity : nowMs() - setMs;
    // Less than nothing: the clock was set back meanwhile, and tells nothing of how long ago it was.
    if (isWanted && sinceMs >= 0 && sinceMs < timeoutMs / looksPerTimeout / 2) return;
    const wantedMs = isWanted ? timeoutMs : 0;
    set.set(market, nowMs());
    const answer = await ask(account, venue.admin.setDeadMan({ environment }, wantedMs, nowMs(), market));
    const problem = !answer.isUnderstood ? answer.problem : answer.value ? '' : 'the venue refuses it';
    // What was not taken back for certain is asked for again.
    if (!isWanted && problem === '') set.delete(market);
    this.#tell(trading, market, { isSet: isWanted && problem === '', timeoutMs: wantedMs, problem });
  }

  #tell(
    { account, journal }: Trading,
    market: string,
    state: { isSet: boolean; timeoutMs: number; problem: string },
  ): void {
    const event = { account: account.id, ...(market === wholeAccount ? {} : { market }), ...state };
    const key = JSON.stringify([account.id, market]);
    const said = JSON.stringify(event);
    if (this.#told.get(key) === said) return;
    this.#told.set(key, said);
    journal.append({ type: 'trading.dead-man', ...event });
  }
}

const tooMany = `orders rest in more than ${mostMarkets} markets`;

/** Whose switches reach what may rest of these requests; of a cancel nothing does. */
function marketsOf(admin: VenueAdmin, open: readonly OrderEntry[]): ReadonlySet<string> {
  const markets = open.flatMap(({ operation, intents }) =>
    intents.map(({ action, instrument }) => {
      if (action === 'cancel') return undefined;
      return admin.deadManMarket === undefined
        ? wholeAccount
        : admin.deadManMarket({ instrument, operation });
    }),
  );
  return new Set(markets.filter((market) => market !== undefined));
}
