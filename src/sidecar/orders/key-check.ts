// Before a box may send orders: what each account's key may do, asked of the venue. A key that can withdraw never serves an agent.
import { setTimeout as sleep } from 'node:timers/promises';
import { TradeboxError } from '../../core/errors.js';
import type { KeyFacts } from '../../venues/admin.js';
import type { KeyReport } from '../control.js';
import type { AskVenue } from '../venue-calls.js';
import type { TradingAccount } from './accounts.js';

/** The way out may still be on its way while the sidecar starts: how long to ask, between questions, and for each, milliseconds. */
const startPatienceMs = 12_000;
const pauseMs = 250;
const deadlineMs = 3_000;
/** Bybit and Binance reject what is 5 s old (their recvWindow default); half of it is where to worry. */
const toleratedSkewMs = 2_500;
/** The widest window that a venue lets a client ask for, Binance's recvWindow: what is further off trades nowhere. */
const maxSkewMs = 60_000;

/** An account, and where it is written what its key may do. */
export type KeyHolder = Pick<TradingAccount, 'account'> & {
  journal: Pick<TradingAccount['journal'], 'append'>;
};

interface CheckParts {
  ask: AskVenue;
  nowMs(): number;
  /** How long to go on asking while nobody is there, milliseconds. */
  patienceMs?: number;
}

/**
 * Checks every account and records it in its journal. Gives what the operator must be told.
 * @throws TradeboxError KEY_CAN_WITHDRAW; KEY_OF_OTHER_ENVIRONMENT; CLOCK_SKEWED; ACCOUNT_UNCHECKED when a venue that tells of its keys cannot be asked (S11); what the journal throws.
 */
export async function checkKeys(accounts: readonly KeyHolder[], parts: CheckParts): Promise<string[]> {
  const told = await Promise.all(accounts.map((account) => checkKey(account, parts)));
  for (const { problem } of told) if (problem !== undefined) throw problem;
  return told.flatMap(({ warnings }) => warnings);
}

/** The same for a running box, as often as somebody asks: a key may have got more rights since. Without patience where none is given. @throws what the journal throws. */
export function reportKeys(accounts: readonly KeyHolder[], parts: CheckParts): Promise<KeyReport[]> {
  return Promise.all(
    accounts.map(async (trading) => {
      const { id: account, environment } = trading.account;
      try {
        const { facts, warnings, problem } = await checkKey(trading, { patienceMs: 0, ...parts });
        return problem === undefined
          ? { account, environment, warnings, facts }
          : { account, environment, warnings: [], facts, problem: reportOf(problem) };
      } catch (error) {
        if (!(error instanceof TradeboxError) || error.kind !== 'user') throw error;
        return { account, environment, warnings: [], problem: reportOf(error) };
      }
    }),
  );
}

const reportOf = ({ code, message, remedy }: TradeboxError) => ({ code, message, remedy });

interface CheckedKey {
  facts: NonNullable<KeyReport['facts']>;
  warnings: string[];
  /** Why no box with this key may start. */
  problem?: TradeboxError;
}

/** @throws TradeboxError ACCOUNT_UNCHECKED; what the journal throws. */
async function checkKey(trading: KeyHolder, parts: CheckParts): Promise<CheckedKey> {
  const { account, journal } = trading;
  const known = await factsOf(account, parts);
  const skewMs = await skewOf(account, parts);
  const warnings = warningsOf(known, skewMs, account.venue.admin?.transferRights).map(
    (warning) => `${account.id}: ${warning}`,
  );
  const facts = { ...known, ...(skewMs === undefined ? {} : { clockSkewMs: skewMs }) };
  const problem = problemOf(account, facts);
  const told = problem === undefined ? warnings : [problem.message, ...warnings];
  journal.append({ type: 'account.checked', account: account.id, ...facts, warnings: told });
  return { facts, warnings, ...(problem === undefined ? {} : { problem }) };
}

function problemOf(
  { id, venue, environment }: TradingAccount['account'],
  { canWithdraw, isOfEnvironment, clockSkewMs = 0 }: CheckedKey['facts'],
): TradeboxError | undefined {
  if (canWithdraw === true)
    return new TradeboxError(
      'KEY_CAN_WITHDRAW',
      `The key of the account ${id} can withdraw, and no such key serves a box that may send orders.`,
      {
        remedy: `Make a key at ${venue.title} without the permission to withdraw, and store it with \`tradebox secrets set\`.`,
      },
    );
  if (isOfEnvironment === false)
    return new TradeboxError(
      'KEY_OF_OTHER_ENVIRONMENT',
      `The account ${id} is set up as ${environment}, and ${venue.title} says that its key is not.`,
      {
        remedy:
          'Set the environment of the account in tradebox.yaml to what the key is, or store another key.',
      },
    );
  if (Math.abs(clockSkewMs) > maxSkewMs)
    return new TradeboxError(
      'CLOCK_SKEWED',
      `The clock here is ${Math.round(Math.abs(clockSkewMs) / 1000)} seconds ${clockSkewMs > 0 ? 'behind' : 'ahead of'} the clock of ${venue.title}, where the account ${id} is.`,
      { remedy: 'Synchronise the clock of the machine or VM the engine runs on, and start again.' },
    );
  return undefined;
}

/** How far the venue's clock is ahead; undefined when it cannot be asked: orders then tell soon enough. */
async function skewOf(
  account: TradingAccount['account'],
  { ask, nowMs }: CheckParts,
): Promise<number | undefined> {
  const { venue, environment } = account;
  const call = venue.admin?.serverTime?.({ environment });
  if (call === undefined) return undefined;
  const fromMs = nowMs();
  const answer = await ask(account, call, deadlineMs);
  if (!answer.isUnderstood) return undefined;
  // The venue read its clock somewhen between asking and being answered.
  const toMs = nowMs();
  return Math.min(0, answer.value - fromMs) + Math.max(0, answer.value - toMs);
}

async function factsOf(
  account: TradingAccount['account'],
  { ask, patienceMs = startPatienceMs }: CheckParts,
): Promise<KeyFacts> {
  const { venue, environment } = account;
  const call = venue.admin?.keyFacts?.({ environment });
  if (call === undefined) return {};
  const startMs = performance.now();
  let answer = await ask(account, call, deadlineMs);
  // Without a status nobody was there; who answered something else will not change their mind.
  while (!answer.isUnderstood && answer.status === 0 && performance.now() - startMs < patienceMs) {
    await sleep(pauseMs);
    answer = await ask(account, call, deadlineMs);
  }
  if (answer.isUnderstood) {
    // A host of one environment alone takes no key of another.
    const { environments = [] } = venue.hosts.find(({ host }) => host === call.request.host) ?? {};
    const isProven = environments.filter((one) => one !== 'paper').length === 1 && !call.isPublic;
    return isProven ? { isOfEnvironment: true, ...answer.value } : answer.value;
  }
  throw new TradeboxError(
    'ACCOUNT_UNCHECKED',
    `${venue.title} did not say what the key of the account ${account.id} may do (${answer.problem}).`,
    {
      remedy: 'Check the network, the key and its environment, and start again; or use --mode readonly.',
    },
  );
}

/** What is not refused and yet must be known. */
export function warningsOf(
  {
    canWithdraw,
    canTrade,
    hasAddressLock,
    isSubAccount,
    isOfEnvironment,
    venueAccounts = [],
    rights = [],
  }: KeyFacts,
  skewMs = 0,
  transferRights: ReadonlySet<string> = new Set(),
): string[] {
  // Of a key that is not what it was said to be nothing else is known.
  if (isOfEnvironment === false) return ['the key is of another environment'];
  const transfers = rights.filter((right) => transferRights.has(right));
  return [
    ...(transfers.length > 0
      ? [`the key can move money out of the account: take ${transfers.join(' and ')} from it`]
      : []),
    ...(canWithdraw === undefined
      ? ['the venue does not say whether the key can withdraw: make sure that it cannot']
      : []),
    ...(canTrade === false ? ['the key cannot trade: every order will be refused by the venue'] : []),
    ...(hasAddressLock === false
      ? ['the key works from every address: bind it to the address of this machine']
      : []),
    ...(isSubAccount === false
      ? ['the key is of the main account: a sub-account keeps the rest of the money out of reach']
      : []),
    ...(venueAccounts.length > 1
      ? [
          `the key reaches ${venueAccounts.length} accounts: ${venueAccounts.join(', ')}; each order names one`,
        ]
      : []),
    ...(Math.abs(skewMs) > toleratedSkewMs
      ? [
          `the venue’s clock and the one here are ${Math.abs(skewMs)} ms apart: synchronise the machine, or orders will be refused as too old`,
        ]
      : []),
  ];
}
