// Looks at the accounts at times of its own, for what no order brings to light: positions held long, what an account is worth, and what
// it lost since its day began. Only what a receiver of alerts wants to know is asked of the venue.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { startOfDayMs } from '../../guard/calendar.js';
import type { Alerts } from '../alerts/alerts.js';
import type { AskVenue } from '../venue-calls.js';
import type { TradingAccount } from './accounts.js';

export interface WatchParts {
  accounts(): readonly Pick<TradingAccount, 'account' | 'activity' | 'noteEquity'>[];
  alerts: Pick<Alerts, 'wants' | 'tell'>;
  ask: AskVenue;
  /** In which a day begins. */
  timeZone(): string;
  nowMs(): number;
}

/** What was told of an account before, so that each line is told of once when it is crossed. */
interface Told {
  lookedMs: number;
  worth?: Decimal;
  loss?: { dayMs: number; amount: Decimal };
}

const hourMs = 3_600_000;

export class AccountWatch {
  readonly #parts: WatchParts;
  readonly #told = new Map<string, Told>();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Looks at every account. Never rejects. */
  async look(): Promise<void> {
    await Promise.all(
      this.#parts.accounts().map(async (trading) => {
        const { account } = trading;
        const told = this.#told.get(account.id) ?? { lookedMs: 0 };
        this.#told.set(account.id, told);
        try {
          this.#positions(trading, told);
          await this.#worth(trading, told);
        } catch {
          // The journal has failed: no order passes any more (S11).
        }
      }),
    );
  }

  #positions({ account, activity }: ReturnType<WatchParts['accounts']>[number], told: Told): void {
    const { alerts, nowMs } = this.#parts;
    const atMs = nowMs();
    for (const { instrument, quantity, sinceMs } of activity.holdings()) {
      const held = { beforeMs: Math.max(0, told.lookedMs - sinceMs), afterMs: atMs - sinceMs };
      const words = `${formatDecimal(quantity)} ${instrument} held for ${Math.floor(held.afterMs / hourMs)} hours`;
      alerts.tell({ trigger: 'position', account: account.id, message: words, atMs, held });
    }
    told.lookedMs = atMs;
  }

  async #worth(trading: ReturnType<WatchParts['accounts']>[number], told: Told): Promise<void> {
    const { alerts, ask, nowMs, timeZone } = this.#parts;
    const { account, activity, noteEquity } = trading;
    const call = account.venue.admin?.equity?.({ environment: account.environment });
    if (call === undefined || !(alerts.wants('balance') || alerts.wants('loss'))) return;
    const answer = await ask(account, call);
    if (!answer.isUnderstood) return;
    const usd = answer.value;
    const atMs = nowMs();
    if (activity.equityMarks.isNews(usd, atMs)) noteEquity(usd);
    const note = { account: account.id, atMs };
    const message = `the account is worth ${formatDecimal(usd)} USD`;
    alerts.tell({ ...note, trigger: 'balance', message, worth: { before: told.worth, after: usd } });
    told.worth = usd;
    const dayMs = startOfDayMs(atMs, timeZone());
    const amount = activity.equityMarks.facts().atStart(dayMs)?.minus(usd);
    if (amount === undefined) return;
    const before = told.loss?.dayMs === dayMs ? told.loss.amount : undefined;
    const lost = `the account lost ${formatDecimal(amount)} USD since its day began`;
    alerts.tell({ ...note, trigger: 'loss', message: lost, loss: { before, after: amount } });
    told.loss = { dayMs, amount };
  }
}
