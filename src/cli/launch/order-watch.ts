// The live view of `orders watch`: what waits, chosen and decided with keys. Two keys for each decision, so that one slip decides nothing.
import { emitKeypressEvents } from 'node:readline';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { ageText, describeIntent } from '../../orders/describe-order.js';
import type { Engine } from '../../sandbox/engine.js';
import type { ControlRequest } from '../../sidecar/control.js';
import type { OrderView } from '../../sidecar/orders/order-view.js';
import type { CliContext } from '../context.js';
import { orderLines } from '../order-lines.js';
import { printable, type Style } from '../style.js';
import { signAs } from './approvers.js';
import { type BoxOrders, decideOrder, personName, readOrders } from './orders.js';
import { reportWorkdir } from './workdir-evidence.js';

export interface Waiting {
  box: string;
  view: OrderView;
}

/** What the view shows. */
export interface WatchState {
  waiting: readonly Waiting[];
  /** Id of the chosen order: it stays chosen when others come and go, and no other takes its place when it goes. */
  chosen: string | undefined;
  /** The chosen one went away: keys that were meant for it do nothing until another is chosen. */
  isLost?: boolean;
  /** What is chosen does not fit the screen, so nobody has seen all of it. */
  isCut?: boolean;
  /** Accounts that do not trade, and orders whose outcome is not known. */
  alarms?: readonly string[];
  /** The decision whose second key is awaited. */
  asked: 'approve' | 'reject' | undefined;
  message: string;
}

/** What a key leads to: another state, and perhaps a decision or the end. */
export interface KeyResult {
  state: WatchState;
  decide?: { decision: 'approve' | 'reject'; order: Waiting };
  isEnd?: boolean;
}

const refreshMs = 2_000;
const rejected = 'rejected by the operator';
/** Margins that are shown of an order, so that it fits the screen. */
const watchedMargins = 3;

/** Pure: the state once these wait. The first one is chosen when nothing was; never in the place of one that went away. */
export function onWaiting(state: WatchState, waiting: readonly Waiting[]): WatchState {
  const { chosen, isLost = false } = state;
  if (chosen === undefined) return { ...state, waiting, chosen: isLost ? undefined : waiting[0]?.view.order };
  if (waiting.some(({ view }) => view.order === chosen)) return { ...state, waiting };
  const message = `${chosen} waits no more; choose with up and down`;
  return { ...state, waiting, chosen: undefined, asked: undefined, isLost: true, message };
}

/** Pure: the next state after a key, by its name as node:readline gives it. */
export function onKey(state: WatchState, key: string): KeyResult {
  const { waiting, asked } = state;
  const index = waiting.findIndex(({ view }) => view.order === state.chosen);
  const chosen = waiting[index];
  const choose = (next: Waiting | undefined): KeyResult => ({
    state: { ...state, chosen: next?.view.order ?? state.chosen, isLost: false, message: '' },
  });
  if (asked !== undefined) {
    const answered = { ...state, asked: undefined, message: '' };
    if (key !== 'y' || chosen === undefined) return { state: answered };
    return { state: answered, decide: { decision: asked, order: chosen } };
  }
  switch (key) {
    case 'q':
    case 'escape':
      return { state, isEnd: true };
    case 'up':
    case 'k':
      return choose(waiting[Math.max(0, index - 1)]);
    case 'down':
    case 'j':
      return choose(waiting[index + 1] ?? chosen);
    case 'a':
    case 'r': {
      if (chosen === undefined) return { state };
      const decision = key === 'a' ? 'approve' : 'reject';
      if (decision === 'approve' && state.isCut === true) {
        const { order, fingerprint } = chosen.view;
        const message = `${order} does not fit this screen: read \`tradebox orders show ${order}\`, then \`tradebox orders approve ${order} ${fingerprint.slice(0, 8)}\``;
        return { state: { ...state, message } };
      }
      const message = `${decision} ${chosen.view.order}? press y`;
      return { state: { ...state, asked: decision, message } };
    }
    default:
      return { state };
  }
}

/** Orders that are listed around the chosen one; a flood pushes nothing off the screen. */
const listed = 7;
/** Accounts and orders in trouble that are listed. */
const listedAlarms = 3;
/** Characters of an order in the list; all of it stands below when it is chosen. */
const listedLength = 100;

/** Pure: the lines of the view: a list, and everything known of the chosen order. Agent text is neutral in them. */
export function watchLines({ waiting, chosen, message, alarms = [] }: WatchState, style: Style): string[] {
  const index = waiting.findIndex(({ view }) => view.order === chosen);
  const from = Math.max(0, Math.min(index - Math.floor(listed / 2), waiting.length - listed));
  const shown = waiting.slice(from, from + listed);
  const lines = shown.map(({ box, view }) => {
    const isChosen = view.order === chosen;
    const left = view.expiresMs === undefined ? '' : `, ${ageText(view.expiresMs - view.nowMs)} left`;
    const what = printable(view.intents.map(describeIntent).join(' | '));
    const short = what.length > listedLength ? `${what.slice(0, listedLength)}…` : what;
    const line = `${view.order} ${printable(`${box}${left}`)}  ${short}`;
    return `${isChosen ? style.bold('›') : ' '} ${isChosen ? style.bold(line) : style.dim(line)}`;
  });
  const more = waiting.length - shown.length;
  const found = waiting[index];
  const alarmed = alarms.slice(0, listedAlarms).map((line) => style.red(printable(line)));
  const moreAlarms = alarms.length - alarmed.length;
  return [
    ...alarmed,
    ...(moreAlarms > 0 ? [style.red(`and ${moreAlarms} more`)] : []),
    lines.length === 0
      ? 'nothing waits'
      : `${waiting.length} waiting${more > 0 ? `, ${more} of them not shown` : ''}`,
    ...lines,
    ...(found === undefined ? [] : ['', ...orderLines(found.box, found.view, style, watchedMargins), '']),
    style.yellow(printable(message)),
    style.dim('up/down choose · a approve · r reject · q end'),
  ];
}

/** Pure: how many rows of a terminal the lines take; `columns` 0: no line is broken. */
export function rowsOf(lines: readonly string[], columns: number): number {
  // The colours of our own style take no room.
  const lengths = lines.map((line) => line.replace(/\u001b\[[0-9;]*m/g, '').length);
  return lengths.reduce((sum, length) => sum + Math.max(1, columns > 0 ? Math.ceil(length / columns) : 1), 0);
}

/** Pure: whether something waits or is in trouble now that was not before; the terminal's bell rings for it. */
export function isNews(before: Pick<WatchState, 'waiting' | 'alarms'>, now: typeof before): boolean {
  const known = new Set(before.waiting.map(({ box, view }) => `${box} ${view.order}`));
  const alarmed = new Set(before.alarms);
  return (
    now.waiting.some(({ box, view }) => !known.has(`${box} ${view.order}`)) ||
    (now.alarms ?? []).some((line) => !alarmed.has(line))
  );
}

/** Alerts that neither an order that waits nor the state of an account shows. */
const noted: ReadonlySet<string> = new Set(['large', 'count', 'position', 'balance', 'loss', 'taint']);
/** Of one box. */
const mostNoted = 3;

/** Pure: what a human must look at beside the orders that wait. */
export function alarmsOf(boxes: readonly BoxOrders[]): string[] {
  return boxes.flatMap(({ box, accounts, orders, notes }) => [
    ...accounts
      .filter(({ tradingState }) => tradingState !== 'ACTIVE')
      .map(({ account, tradingState, cause }) => `${box}: ${account} is ${tradingState}: ${cause}`),
    ...orders
      .filter(({ state }) => state === 'unknown')
      .map(({ order, account }) => `${box}: the outcome of ${order} at ${account} is not known`),
    ...notes
      .filter(({ trigger }) => noted.has(trigger))
      .slice(-mostNoted)
      .map(({ message, atMs }) => `${box}: ${new Date(atMs).toISOString().slice(11, 19)} UTC: ${message}`),
  ]);
}

/** What lets the order out; where it takes two people, the person at the keyboard signs. Throws as signAs. */
export async function approvalOf(
  context: Pick<CliContext, 'paths' | 'prompt' | 'clock'>,
  { box, view }: Waiting,
): Promise<Extract<ControlRequest, { op: 'approve' }>> {
  const { order, fingerprint, approvalsWanted, approvers } = view;
  const request = { op: 'approve', order, fingerprint } as const;
  if (approvalsWanted < 2) return { ...request, approver: personName() };
  const question = `${order} takes ${approvalsWanted} people, ${approvers.length} said yes. Sign as:`;
  const approver = await context.prompt.line(question);
  return { ...request, approver, signed: await signAs(context, approver, box, view) };
}

/** Runs until `q`. Throws USAGE without a terminal. */
export async function watchOrders(
  context: CliContext,
  engine: Engine,
  box: string | undefined,
): Promise<void> {
  const { stdin, stderr, prompt, output } = context;
  const keyboard = stdin as typeof stdin & { setRawMode?(isRaw: boolean): void };
  if (!prompt.isInteractive || keyboard.setRawMode === undefined) {
    throw new TradeboxError('USAGE', 'orders watch needs a terminal', {
      remedy: 'Use `tradebox orders list`, and `approve` or `reject`.',
    });
  }
  let state: WatchState = { waiting: [], chosen: undefined, asked: undefined, message: '' };
  const screen = stderr as typeof stderr & { rows?: number; columns?: number };
  const paint = (): void => {
    const lines = watchLines(state, output.progressStyle);
    // The last row is the one after the last line break.
    state = {
      ...state,
      isCut: rowsOf(lines, screen.columns ?? 0) >= (screen.rows ?? Number.POSITIVE_INFINITY),
    };
    stderr.write(`\u001b[2J\u001b[H${lines.join('\n')}\n`);
  };
  const refresh = async (): Promise<void> => {
    if (isAsking) return;
    const boxes = await readOrders(context, engine, box, 1000);
    if (isAsking) return;
    const waiting = boxes.flatMap((one) =>
      one.orders.filter((view) => view.state === 'held').map((view) => ({ box: one.box, view })),
    );
    const next = { ...onWaiting(state, waiting), alarms: alarmsOf(boxes) };
    const rings = isNews(state, next);
    state = next;
    paint();
    if (rings) stderr.write('\u0007');
  };
  const decide = async ({ decision, order }: NonNullable<KeyResult['decide']>): Promise<void> => {
    const request =
      decision === 'approve'
        ? await asked(() => approvalOf(context, order))
        : ({ op: 'reject', order: order.view.order, approver: personName(), message: rejected } as const);
    if (decision === 'approve') await reportWorkdir(context, engine, order.box);
    const decided = await decideOrder(engine, order.box, request);
    state = { ...state, message: `${decided.order} is ${decided.state}` };
    await refresh();
  };
  const fail = (thrown: unknown): void => {
    state = { ...state, message: messageOf(thrown) };
    paint();
  };
  let isAsking = false;
  /** The keyboard is the question's until it is answered. */
  const asked = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    isAsking = true;
    try {
      return await question();
    } finally {
      isAsking = false;
      keyboard.setRawMode?.(true);
      stdin.resume();
    }
  };
  emitKeypressEvents(stdin);
  keyboard.setRawMode(true);
  await refresh();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => void refresh().catch(fail), refreshMs);
    const listen = (_text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
      if (isAsking) return;
      const result = onKey(state, key.ctrl === true && key.name === 'c' ? 'q' : (key.name ?? ''));
      state = result.state;
      if (result.isEnd === true) {
        clearInterval(timer);
        stdin.off('keypress', listen);
        resolve();
        return;
      }
      paint();
      if (result.decide !== undefined) void decide(result.decide).catch(fail);
    };
    stdin.on('keypress', listen);
  });
  keyboard.setRawMode(false);
  stdin.pause();
}
