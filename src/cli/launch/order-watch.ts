// The live view of `orders watch`: what waits, chosen and decided with keys. Two keys for each decision, so that one slip decides nothing.
import { emitKeypressEvents } from 'node:readline';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { ageText, describeIntent } from '../../orders/describe-order.js';
import type { Engine } from '../../sandbox/engine.js';
import type { OrderView } from '../../sidecar/orders/order-view.js';
import type { CliContext } from '../context.js';
import { printable, type Style } from '../style.js';
import { reportLockFiles } from './lock-files.js';
import { decideOrder, personName, readOrders } from './orders.js';

export interface Waiting {
  box: string;
  view: OrderView;
}

/** What the view shows. */
export interface WatchState {
  waiting: readonly Waiting[];
  /** Id of the chosen order: it stays chosen when others come and go. */
  chosen: string | undefined;
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

/** Pure: the next state after a key, by its name as node:readline gives it. */
export function onKey(state: WatchState, key: string): KeyResult {
  const { waiting, asked } = state;
  const index = Math.max(
    0,
    waiting.findIndex(({ view }) => view.order === state.chosen),
  );
  const chosen = waiting[index];
  if (asked !== undefined) {
    const answered = { ...state, asked: undefined, message: '' };
    if (key !== 'y' || chosen === undefined || chosen.view.order !== state.chosen) return { state: answered };
    return { state: answered, decide: { decision: asked, order: chosen } };
  }
  switch (key) {
    case 'q':
    case 'escape':
      return { state, isEnd: true };
    case 'up':
    case 'k':
      return { state: { ...state, chosen: waiting[Math.max(0, index - 1)]?.view.order } };
    case 'down':
    case 'j':
      return { state: { ...state, chosen: (waiting[index + 1] ?? chosen)?.view.order } };
    case 'a':
    case 'r': {
      if (chosen === undefined) return { state };
      const decision = key === 'a' ? 'approve' : 'reject';
      const message = `${decision} ${chosen.view.order}? press y`;
      return { state: { ...state, chosen: chosen.view.order, asked: decision, message } };
    }
    default:
      return { state };
  }
}

/** Pure: the lines of the view. Agent text is neutral in them. */
export function watchLines({ waiting, chosen, message }: WatchState, style: Style): string[] {
  const lines = waiting.map(({ box, view }, index) => {
    const isChosen = view.order === chosen || (chosen === undefined && index === 0);
    const left = view.expiresMs === undefined ? '' : `, ${ageText(view.expiresMs - view.nowMs)} left`;
    const head = `${view.order} ${view.fingerprint.slice(0, 8)} ${box}${left}`;
    const what = view.intents.map(describeIntent).join(' | ');
    return `${isChosen ? style.bold('›') : ' '} ${style.dim(printable(head))}\n    ${isChosen ? style.bold(printable(what)) : printable(what)}`;
  });
  return [
    lines.length === 0 ? 'nothing waits' : `${lines.length} waiting`,
    ...lines,
    style.yellow(printable(message)),
    style.dim('up/down choose · a approve · r reject · q end'),
  ];
}

/** Pure: whether something waits now that did not before; the terminal's bell rings for it. */
export function newlyWaiting(before: readonly Waiting[], now: readonly Waiting[]): boolean {
  const known = new Set(before.map(({ box, view }) => `${box} ${view.order}`));
  return now.some(({ box, view }) => !known.has(`${box} ${view.order}`));
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
  const paint = (): void => {
    stderr.write(`\u001b[2J\u001b[H${watchLines(state, output.progressStyle).join('\n')}\n`);
  };
  const refresh = async (): Promise<void> => {
    const boxes = await readOrders(context, engine, box, 1000);
    const waiting = boxes.flatMap((one) =>
      one.orders.filter((view) => view.state === 'held').map((view) => ({ box: one.box, view })),
    );
    const isNew = newlyWaiting(state.waiting, waiting);
    state = { ...state, waiting };
    paint();
    if (isNew) stderr.write('\u0007');
  };
  const decide = async ({ decision, order }: NonNullable<KeyResult['decide']>): Promise<void> => {
    const { view } = order;
    const approver = personName();
    const request =
      decision === 'approve'
        ? ({ op: 'approve', order: view.order, fingerprint: view.fingerprint, approver } as const)
        : ({ op: 'reject', order: view.order, approver, message: 'rejected by the operator' } as const);
    if (decision === 'approve') await reportLockFiles(context, engine, order.box);
    const decided = await decideOrder(engine, order.box, request);
    state = { ...state, message: `${decided.order} is ${decided.state}` };
    await refresh();
  };
  const fail = (thrown: unknown): void => {
    state = { ...state, message: messageOf(thrown) };
    paint();
  };
  emitKeypressEvents(stdin);
  keyboard.setRawMode(true);
  await refresh();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => void refresh().catch(fail), refreshMs);
    const listen = (_text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
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
