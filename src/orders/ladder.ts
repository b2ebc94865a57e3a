// The promotion ladder: what an account has to have shown before its agent may do more, and how much each step of `live` may move.
// Pure; the evidence comes from journals, the promotions from the host.

/** From the bottom: play money, reading live data, each order decided by a human, orders within the limits of a step. */
export const rungs = ['demo', 'readonly', 'propose', 'live'] as const;
export type Rung = (typeof rungs)[number];

/** Where an account stands. */
export interface Standing {
  rung: Rung;
  /** From 1 in `live`; 0 below. */
  step: number;
}

export const bottom: Standing = { rung: 'demo', step: 0 };

/** What the journals show since the last promotion, and since the last thing that speaks against it. */
export interface Evidence {
  /** Orders that the venue told to be filled: of demo and paper accounts of the venue on the rung `demo`, else of the account. */
  filled: number;
  /** Days (UTC) on which the venue answered reads of a box in `readonly` that held the account. */
  readDays: number;
  /** Orders of the account whose outcome is not known now. */
  unknown: number;
}

/** How much an account may move on a step of `live`, US dollars, plain decimals. */
export interface StepLimits {
  /** Of one request. */
  maxNotional: string;
  /** Of all purchases, and of all sales, within 24 hours. */
  maxDayNotional: string;
}

const steps: readonly StepLimits[] = [
  { maxNotional: '50', maxDayNotional: '500' },
  { maxNotional: '200', maxDayNotional: '2000' },
  { maxNotional: '800', maxDayNotional: '8000' },
  { maxNotional: '3200', maxDayNotional: '32000' },
  { maxNotional: '12800', maxDayNotional: '128000' },
  { maxNotional: '51200', maxDayNotional: '512000' },
  { maxNotional: '204800', maxDayNotional: '2048000' },
];

/** What leaving a rung takes. */
export const wanted = { demoFilled: 20, readDays: 7, proposeFilled: 10, stepFilled: 20 } as const;

/** The limits of a step; undefined when there is no such step. */
export function stepLimits(step: number): StepLimits | undefined {
  return steps[step - 1];
}

/** The place above; undefined on the last step. */
export function nextStanding({ rung, step }: Standing): Standing | undefined {
  if (rung === 'live') return step < steps.length ? { rung, step: step + 1 } : undefined;
  const next = rungs[rungs.indexOf(rung) + 1] ?? 'live';
  return { rung: next, step: next === 'live' ? 1 : 0 };
}

/** What is still missing before a promotion from this place, one sentence each; nothing when the evidence is there. */
export function missingFor({ rung }: Standing, { filled, readDays, unknown }: Evidence): string[] {
  if (rung === 'demo') return short(filled, wanted.demoFilled, 'orders filled with play money at this venue');
  if (rung === 'readonly') return short(readDays, wanted.readDays, 'days of reading live data in `readonly`');
  const orders =
    rung === 'propose'
      ? short(filled, wanted.proposeFilled, 'orders filled that a human decided')
      : short(filled, wanted.stepFilled, 'orders filled on this step');
  return unknown === 0 ? orders : [...orders, `the outcome of ${unknown} orders is not known`];
}

/** Whether an account on this place may be in a box of the mode. */
export function mayEnter({ rung }: Standing, mode: Rung): boolean {
  return rungs.indexOf(rung) >= rungs.indexOf(mode);
}

export function describeStanding({ rung, step }: Standing): string {
  const limits = stepLimits(step);
  if (rung !== 'live' || limits === undefined) return rung;
  return `live, step ${step}: at most ${limits.maxNotional} dollars an order, ${limits.maxDayNotional} a day`;
}

function short(have: number, want: number, what: string): string[] {
  return have >= want ? [] : [`${have} of ${want} ${what}`];
}
