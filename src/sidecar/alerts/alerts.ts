// Tells a person elsewhere what happens to a box's orders: through connections of its own, to the receivers of the settings alone.
import type { Journal } from '../../audit/journal.js';
import type { OrderEvent } from '../../audit/order-events.js';
import { parseAlertUrl } from '../../core/alert-url.js';
import { Secret } from '../../core/secret.js';
import type { OrderEntry } from '../../orders/ledger.js';
import { UpstreamError } from '../dial.js';
import { hostField } from '../http1/write.js';
import type { AlertSetting, AlertTrigger, Settings } from '../settings.js';
import type { Upstream } from '../upstream.js';
import { exchangeOn } from '../venue-calls.js';
import { Outbox, type OutboxLimits } from './outbox.js';
import { alertBody, type Batch } from './templates.js';
import { AccountAlerts, type AlertNote, isWanted, wants } from './triggers.js';

export interface AlertParts {
  settings: Pick<Settings, 'alerts' | 'sandbox'>;
  /** Not the agent's: no connection and no pinned address is shared with it. */
  upstream: Upstream;
  journal: Pick<Journal, 'append'>;
  nowMs(): number;
  limits?: Partial<OutboxLimits>;
}

export interface Alerts {
  /** An event as an account's ledger applied it. Never throws. */
  order(account: string, applied: AppliedEvent): void;
  /** The orders of an account that an earlier sidecar knew, oldest first: what is usual there is not learnt anew. */
  restore(account: string, orders: readonly OrderEntry[]): void;
  taint(message: string): void;
  /** A note that is no order event. Never throws. */
  tell(note: AlertNote): void;
  /** The last notes that a receiver wanted, or, without any, that one without wishes would have; oldest first. For the bell of `orders watch`. */
  recent(): readonly AlertNote[];
  /** Whether any receiver may want notes of this kind. */
  wants(trigger: AlertTrigger): boolean;
  close(): void;
}

export interface AppliedEvent {
  event: OrderEvent;
  entry: OrderEntry | undefined;
  atMs: number;
  /** Orders let out within so many milliseconds, at most a day, this event's included. */
  releasedWithin(windowMs: number): number;
}

const deadlineMs = 10_000;
const mostRecent = 20;

export function createAlerts({ settings, upstream, journal, nowMs, limits }: AlertParts): Alerts {
  const { sandbox, alerts = [] } = settings;
  const receivers = alerts.map((wish) => {
    const url = new Secret(wish.url);
    const outbox = new Outbox({
      nowMs,
      limits: limits ?? {},
      send: (notes, dropped) =>
        post(upstream, { kind: wish.kind, url }, { sandbox: sandbox.name, notes, dropped }),
      onEnd({ notes, problem }) {
        const { kind } = wish;
        try {
          journal.append(
            problem === undefined
              ? { type: 'alert.sent', kind, notes }
              : { type: 'alert.failed', kind, notes, problem },
          );
        } catch {
          // The journal has failed: no order passes any more (S11).
        }
      },
    });
    return { wish, outbox };
  });
  const accounts = new Map<string, AccountAlerts>();
  const recent: AlertNote[] = [];
  const tell = (note: AlertNote): void => {
    let isNews = receivers.length === 0 && isWanted(note, {});
    for (const { wish, outbox } of receivers) {
      if (!isWanted(note, wish)) continue;
      isNews = true;
      outbox.add(note);
    }
    if (isNews) recent.push(note);
    if (recent.length > mostRecent) recent.shift();
  };
  const alertsOf = (account: string): AccountAlerts => {
    const own = accounts.get(account) ?? new AccountAlerts(account);
    accounts.set(account, own);
    return own;
  };
  return {
    order(account, { event, entry, ...now }) {
      try {
        alertsOf(account).notes(event, entry, now).forEach(tell);
      } catch {
        // An order never waits or fails for an alert.
      }
    },
    restore(account, orders) {
      alertsOf(account).restore(orders);
    },
    taint: (message) => tell({ trigger: 'taint', message: `the box is tainted: ${message}`, atMs: nowMs() }),
    tell,
    recent: () => recent,
    wants: (trigger) => receivers.some(({ wish }) => wants(wish, trigger)),
    close() {
      for (const { outbox } of receivers) outbox.close();
      upstream.close();
    },
  };
}

/** The problem in a word, which names neither host nor path (S2); undefined when the receiver took it. */
async function post(
  upstream: Upstream,
  { kind, url }: { kind: AlertSetting['kind']; url: Secret },
  batch: Batch,
): Promise<string | undefined> {
  try {
    const parsed = parseAlertUrl(kind, url.reveal());
    if (!parsed.ok) return 'URL_INVALID';
    const { host, port, target, chat } = parsed.place;
    const { contentType, text, fields } = alertBody(kind, batch, chat);
    const body = Buffer.from(text);
    const head = [
      `POST ${target} HTTP/1.1`,
      `host: ${hostField(host, port)}`,
      `content-type: ${contentType}`,
      `content-length: ${body.length}`,
      'accept-encoding: identity',
      'user-agent: tradebox',
      'connection: close',
      ...fields.map(([name, value]) => `${name}: ${value}`),
    ].join('\r\n');
    const connection = await upstream.dial(host, port);
    const bytes = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]);
    const { status } = await exchangeOn(connection, 'POST', bytes, deadlineMs);
    if (status === 0) return 'NO_ANSWER';
    return status >= 200 && status < 300 ? undefined : `STATUS_${status}`;
  } catch (error) {
    return error instanceof UpstreamError ? error.code : 'FAILED';
  }
}
