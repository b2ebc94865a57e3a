// Puts the order boundary of a sidecar together: accounts, their judges, the gate for the pipeline, the operator's side.
import { randomBytes } from 'node:crypto';
import type { Journal } from '../../audit/journal.js';
import type { Clock } from '../../core/clock.js';
import { documentOf, type Guardrails, guardrailsSchema } from '../../guard/guardrails.js';
import { defaultDeskLimits } from '../../orders/desk-parts.js';
import { joinJudges } from '../../orders/join-judges.js';
import { createModeJudge } from '../../orders/mode-judge.js';
import type { ProposalBook } from '../../orders/proposal-book.js';
import { defaultReflexLimits } from '../../orders/reflexes.js';
import type { Venue } from '../../venues/venue.js';
import { findVenue } from '../../venues/venues.js';
import type { Alerts } from '../alerts/alerts.js';
import type { SecretFinder } from '../secret-finder.js';
import { keepSessions } from '../sessions.js';
import type { LiveStep, Settings } from '../settings.js';
import type { World } from '../stage.js';
import type { Upstream } from '../upstream.js';
import { type CallAccount, createVenueCalls } from '../venue-calls.js';
import { AccountWatch } from './account-watch.js';
import { TradingAccounts } from './accounts.js';
import { type AgentView, createAgentView } from './agent-view.js';
import { DeadMan, defaultDeadManMs, looksPerTimeout } from './dead-man.js';
import { ExchangeRates } from './exchange-rates.js';
import { createOrderGate } from './gate.js';
import { holdGuardrails } from './guardrails-reload.js';
import { InstrumentLists } from './instrument-lists.js';
import { checkKeys, type KeyHolder, reportKeys } from './key-check.js';
import { MarketMemory } from './market-memory.js';
import { createOrderControl, type OrderControl } from './order-control.js';
import { OrderQuestions } from './order-questions.js';
import { OrderQuotes } from './order-quotes.js';
import { createReflexJudge } from './reflex-judge.js';
import { createRulesJudge } from './rules-judge.js';
import { createStepJudge } from './step-judge.js';

const noGuardrails = guardrailsSchema.parse({ version: 1 });

export interface OrderParts {
  settings: Settings;
  /** Gets its gate. */
  world: World;
  tally: { readonly isTainted: boolean };
  upstream: Upstream;
  clock: Clock;
  /** The box's own, for changes of the rules. */
  journal: Pick<Journal, 'append'>;
  /** What the agent announced. */
  proposals: Pick<ProposalBook, 'take'>;
  alerts: Pick<Alerts, 'order' | 'restore' | 'tell' | 'wants' | 'recent'>;
  /** Learns what venues grant to the accounts' keys. */
  secrets: Pick<SecretFinder, 'hold'>;
  /** Between two looks for alerts, milliseconds. */
  watchMs: number;
}

export interface Orders {
  control: OrderControl;
  agentView: AgentView;
  /** The rules as they are at that moment; undefined where there are none. */
  guardrails(): Guardrails | undefined;
  /** Asks the venues what the keys may do, where orders may leave. Gives what the operator must be told. @throws as checkKeys */
  checkKeys(): Promise<string[]>;
  /** The same where no real order can leave, once nobody waits any more: nothing is refused, what must be known is journaled. */
  checkIdleKeys(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the accounts of a box in which orders can pass. @throws what opening their journals throws. */
export function openOrders(parts: OrderParts): Orders {
  const { settings, world, tally, upstream, clock, journal, proposals, alerts } = parts;
  const { mode, credentials, accountsDir, approval, reflexes, sandbox, liveSteps } = settings;
  const guardrails = holdGuardrails(settings.guardrails, journal, (why) => {
    const message = `new guardrails are not in force: ${why}`;
    alerts.tell({ trigger: 'guardrails', message, atMs: clock.nowMs() });
  });
  const ask = createVenueCalls({
    upstream,
    clock,
    nextNonce: (id) => world.nextNonce(id),
    ...(world.takeNonceTurn === undefined ? {} : { takeNonceTurn: world.takeNonceTurn }),
    onAbnormal: (account, what) => accounts.abnormal(account, what),
    onAnswer: (owner, answer) => world.rateLimits?.note(owner, answer),
  });
  /** Of an account, or of what needs none. */
  const limitedMs = ({ venue, id }: { venue: Venue; id?: string }): number =>
    world.rateLimits?.waitMs({ venue, account: id }) ?? 0;
  const stepOf = (id: string) => (mode === 'live' ? liveSteps : [])?.find(({ account }) => account === id);
  const judged = mode === 'readonly' ? 'propose' : mode === 'shadow' ? 'demo' : mode;
  const deskLimits = { ...defaultDeskLimits, ...present(approval) };
  const reflexLimits = { ...defaultReflexLimits, ...present(reflexes) };
  const realOf = (venue: string, id: string) => {
    const found = world.credentials.venueCredentials(venue).find((one) => one.id === id);
    if (found === undefined) throw new Error('the box holds no such account');
    return found.real;
  };
  const accounts = new TradingAccounts({
    accountsDir: accountsDir ?? '',
    sandbox,
    clock,
    limits: deskLimits,
    reconcileMs: reflexLimits.reconcileMs,
    breaker: reflexLimits,
    ask,
    venueOf: findVenue,
    judgeOf: (account, ledger, activity, noteEquity, notePositions) => {
      const nowMs = () => clock.nowMs();
      const market = new MarketMemory({
        account,
        ask,
        nowMs,
        waitMs: () => Math.max(limitedMs(account), limitedMs({ venue: account.venue })),
        onPrice: (price) => accounts.priced(account.id, price),
        onPositions: notePositions,
      });
      const rates = new ExchangeRates({ market, pairName: account.venue.admin?.pairName, nowMs });
      const { admin } = account.venue;
      const wallet = {
        tellsBalances: admin?.balances !== undefined,
        spendsBalances: admin?.spendsBalances,
      };
      const reflex = createReflexJudge({
        ledger,
        market,
        rates,
        lastHeld: activity.lastHeld,
        isAsked: account.venue.admin !== undefined,
        clock,
        limits: reflexLimits,
        isValued: mode === 'propose' || mode === 'live',
        isListWanted: judged === 'demo' && hasLists(account),
        ...wallet,
      });
      const rules = createRulesJudge({
        guardrails: () => guardrails.current() ?? noGuardrails,
        ledger,
        activity,
        market,
        rates,
        ...wallet,
        noteEquity,
        nowMs,
      });
      const step = stepOf(account.id);
      const capped =
        step === undefined
          ? []
          : [
              createStepJudge({
                step,
                ledger,
                activity,
                market,
                rates,
                currency: () => guardrails.current()?.currency,
                nowMs,
              }),
            ];
      const guarded = joinJudges([...capped, reflex, rules]);
      // Reflexes are no guardrails: in `live` nothing passes without those.
      const unguarded = mode === 'live' ? undefined : reflex;
      const judge = createModeJudge(judged, () => (guardrails.current() === undefined ? unguarded : guarded));
      return { ...judge, assess: guarded.assess, isExit: reflex.isExit };
    },
    realOf,
    isTainted: () => tally.isTainted,
    stepOf,
    explain: (intents) => proposals.take(intents),
    onRebuilt: (account, orders) => alerts.restore(account, orders),
    onApplied: (account, applied) => alerts.order(account, applied),
  });
  const venueIds = [...new Set(credentials.flatMap((one) => (one.kind === 'venue' ? [one.venue] : [])))];
  const attached = venueIds.flatMap((id) => world.credentials.venueCredentials(id));
  if (mode !== 'readonly' && accountsDir !== undefined) {
    try {
      accounts.open(attached);
    } catch (error) {
      accounts.close().catch(() => undefined);
      throw error;
    }
  }
  const callable = attached.flatMap(({ id, venue: venueId, environment }) => {
    const venue = findVenue(venueId);
    if (venue?.admin === undefined) return [];
    const account: CallAccount = {
      id,
      venue,
      environment,
      // Asked for each call: the key may have been rotated.
      get real() {
        return realOf(venueId, id);
      },
    };
    return [account];
  });
  const sessions = keepSessions({
    accounts: callable.filter(({ venue }) => venue.admin?.session !== undefined),
    ask,
    randomBytes,
    onGranted: ({ id }, token) => parts.secrets.hold(id, token),
  });
  // Where nothing trades, the keys of real money: they are in a box all the same.
  const idle = callable.filter(isLive).map((account) => ({ account, journal }));
  const keyHolders = (): readonly KeyHolder[] => (accounts.all().length > 0 ? accounts.all() : idle);
  const watch = new AccountWatch({
    accounts: () => accounts.all(),
    alerts,
    ask,
    timeZone: () => (guardrails.current() ?? noGuardrails).timeZone,
    nowMs: () => clock.nowMs(),
  });
  const watching = setInterval(() => void watch.look(), parts.watchMs);
  watching.unref();
  const deadManMs = reflexes?.deadManMs ?? (mode === 'live' ? defaultDeadManMs : 0);
  const deadMan = new DeadMan({
    accounts: () => accounts.all(),
    ask,
    nowMs: () => clock.nowMs(),
    timeoutMs: deadManMs,
  });
  const holding = setInterval(() => void deadMan.look(), Math.max(1, deadManMs / looksPerTimeout));
  holding.unref();
  if (deadManMs === 0) clearInterval(holding);
  if (mode !== 'readonly') world.instruments = new InstrumentLists({ ask, nowMs: () => clock.nowMs() });
  const questions = new OrderQuestions(() => clock.nowMs());
  if (mode !== 'readonly') {
    world.questions = questions;
    world.quotes = new OrderQuotes(() => clock.nowMs());
  }
  world.gate = createOrderGate({
    onQuestions: (account, asked, intents) => questions.note(account, asked, intents),
    deskOf: ({ id }) => accounts.of(id)?.desk,
    onEnded: (account, order) => {
      accounts.follow(account, order);
      if (deadManMs > 0) void deadMan.look();
    },
  });
  return {
    control: createOrderControl(accounts, {
      ask,
      nowMs: () => clock.nowMs(),
      notes: () => alerts.recent(),
      guardrails,
      box: sandbox.id,
      approvers: settings.approvers ?? [],
      keyHolders,
    }),
    guardrails: () => guardrails.current(),
    agentView: createAgentView(accounts, {
      mode,
      desk: deskLimits,
      reflexes: reflexLimits,
      ...(mode === 'live' && liveSteps !== undefined ? { liveSteps: liveSteps.map(cap) } : {}),
      get guardrails() {
        const current = guardrails.current();
        return current === undefined ? null : documentOf(current);
      },
    }),
    checkKeys: async () =>
      mode === 'propose' || mode === 'live'
        ? [
            ...(await sessions.ready()),
            ...(await checkKeys(accounts.all(), { ask, nowMs: () => clock.nowMs() })),
          ]
        : [],
    checkIdleKeys: async () => {
      if (mode === 'propose' || mode === 'live') return;
      const real = keyHolders().filter(({ account }) => isLive(account));
      await reportKeys(real, { ask, nowMs: () => clock.nowMs() });
    },
    close: () => {
      clearInterval(watching);
      clearInterval(holding);
      sessions.close();
      return accounts.close();
    },
  };
}

/** Somewhere nothing trades at all: no symbol there is better than another. */
function hasLists({ venue: { admin }, environment }: CallAccount): boolean {
  return admin !== undefined && admin.listless?.includes(environment) !== true;
}

const isLive = ({ environment }: CallAccount) => environment === 'live';

/** What the agent is told of a step: the caps, not how it was come by. */
function cap({ account, maxNotional, maxDayNotional }: LiveStep) {
  return { account, maxNotional, maxDayNotional };
}

/** The members that have a value. */
function present<T extends object>(given: T | undefined): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}
