// Requests that the sidecar makes of its own accord: signed with the real key, sent once, read as a whole. The agent has no part in them.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/errors.js';
import { type Abnormality, abnormalityOf } from '../orders/breaker.js';
import type { VenueCall } from '../venues/admin.js';
import type { Environment, OverheardAnswer, RealCredential, Venue } from '../venues/venue.js';
import { objectOf } from '../venues/venue-answers.js';
import { UpstreamError } from './dial.js';
import { WholeAnswer } from './http1/whole-answer.js';
import { writeSignedHead } from './http1/write.js';
import type { LimitOwner, NonceTurn } from './stage.js';
import type { Upstream } from './upstream.js';
import type { UpstreamConnection } from './upstream-connection.js';

export interface CallParts {
  upstream: Upstream;
  clock: { nowMs(): number };
  nextNonce(credentialId: string): bigint;
  takeNonceTurn?(credentialId: string, begin: NonceTurn): void;
  /** Hears of every answer that no venue in order gives. */
  onAbnormal?(account: string, what: Abnormality): void;
  /** Hears of every answer; no account where the question is public. */
  onAnswer?(owner: LimitOwner, answer: OverheardAnswer): void;
}

/** Whose key signs. */
export interface CallAccount {
  id: string;
  venue: Venue;
  environment: Environment;
  readonly real: RealCredential;
}

/**
 * The venue could not be reached, or its answer is not what it documents. `isTroubled`: it says that it is asked too often, or cannot
 * serve anybody now, so nothing follows of what was asked. `members`: the names in the answer's JSON object, absent where it is none.
 */
export interface Untold {
  isUnderstood: false;
  problem: string;
  status: number;
  isTroubled?: boolean;
  members?: readonly string[];
}

/** What came of a call. */
export type CallResult<Result> = { isUnderstood: true; value: Result } | Untold;

const defaultDeadlineMs = 10_000;
/** Requests of one question; more would be a leaf that goes in circles. */
const maxCalls = 24;
const maxAnswerBytes = 4 * 1_048_576;
/** Idle connections older than this are not used for a call that changes something. */
const freshIdleMs = 4_000;

export type AskVenue = <Result>(
  account: CallAccount,
  call: VenueCall<Result>,
  deadlineMs?: number,
) => Promise<CallResult<Result>>;

/** Never rejects: what went wrong is a value. */
export function createVenueCalls({
  upstream,
  clock,
  nextNonce,
  takeNonceTurn,
  onAbnormal,
  onAnswer,
}: CallParts): AskVenue {
  const askOnce: AskVenue = async (account, call, deadlineMs = defaultDeadlineMs) => {
    const { venue, environment } = account;
    const { host, port, method } = call.request;
    // S5: a key leaves for its own venue's hosts of its own environment, whoever made the call.
    const place = venue.hosts.find((one) => one.host === host && one.transport === 'rest');
    if (!place?.environments.includes(environment) || !place.ports.includes(port)) {
      return { isUnderstood: false, problem: 'the host does not serve the account', status: 0 };
    }
    try {
      const stamp = { nowMs: clock.nowMs(), nonce: nextNonce(account.id), environment, isOwn: true as const };
      const signed = venue.sign(call.request, call.isPublic ? undefined : account.real, stamp);
      const bytes = Buffer.concat([
        Buffer.from(writeSignedHead(signed, { host, port }), 'latin1'),
        signed.body,
      ]);
      const isRead = method === 'GET';
      const idle = upstream.take(host, port, isRead ? Number.POSITIVE_INFINITY : freshIdleMs);
      let answer = await exchangeOn(idle ?? (await upstream.dial(host, port)), method, bytes, deadlineMs);
      // A read on a connection that had died meanwhile may be asked again; nothing else ever is.
      if (!answer.isDone && answer.status === 0 && idle !== undefined && isRead) {
        answer = await exchangeOn(await upstream.dial(host, port), method, bytes, deadlineMs);
      }
      const { body } = answer;
      const abnormal = abnormalityOf({ isDone: answer.isDone, status: answer.status, body });
      if (abnormal !== undefined) onAbnormal?.(account.id, abnormal);
      const heard = { status: answer.status, header: (name: string) => answer.header(name), body };
      onAnswer?.({ venue, account: call.isPublic ? undefined : account.id }, heard);
      if (!answer.isDone)
        return { isUnderstood: false, problem: 'no whole answer came', status: answer.status };
      const told = { status: answer.status, body, date: answer.header('date') };
      const value = call.read(told);
      if (value !== undefined) return { isUnderstood: true, value };
      const members = objectOf(told)?.keys();
      return {
        isUnderstood: false,
        problem: 'the answer is not what the venue documents',
        status: answer.status,
        isTroubled:
          venue.rateLimits.read(heard, clock.nowMs()) !== undefined ||
          venue.admin?.isTrouble?.(told) === true,
        ...(members === undefined ? {} : { members: [...members] }),
      };
    } catch (error) {
      if (error instanceof UpstreamError && error.code !== 'UPSTREAM_BUSY')
        onAbnormal?.(account.id, 'no whole answer');
      return { isUnderstood: false, problem: messageOf(error).slice(0, 200), status: 0 };
    }
  };
  const askInTurn: AskVenue = async (account, call, deadlineMs) => {
    const isNumbered = account.venue.hasRisingNonces === true && call.isPublic !== true;
    if (!isNumbered || takeNonceTurn === undefined) return askOnce(account, call, deadlineMs);
    const leave = await new Promise<() => void>((resolve) => takeNonceTurn(account.id, resolve));
    try {
      return await askOnce(account, call, deadlineMs);
    } finally {
      leave();
    }
  };
  return async (account, call, deadlineMs) => {
    let asked = call;
    for (let calls = 0; calls < maxCalls; calls += 1) {
      const answer = await askInTurn(account, asked, deadlineMs);
      const next = answer.isUnderstood ? asked.follow?.(answer.value) : undefined;
      if (next === undefined) return answer;
      if (next.delayMs !== undefined) await sleep(next.delayMs);
      asked = next;
    }
    return { isUnderstood: false, problem: `the question took more than ${maxCalls} requests`, status: 0 };
  };
}

/** Writes a request on a connection that is free and reads its answer; what did not come whole is not done. */
export function exchangeOn(
  connection: UpstreamConnection,
  method: string,
  bytes: Buffer,
  deadlineMs: number,
): Promise<WholeAnswer> {
  const answer = new WholeAnswer(method, maxAnswerBytes);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      connection.handler = undefined;
      if (answer.isDone && answer.isReusable) connection.release();
      else connection.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, deadlineMs);
    connection.handler = {
      onUpstreamData(chunk) {
        answer.write(chunk);
        if (answer.isDone || answer.isMalformed) finish();
      },
      onUpstreamDrain() {},
      onUpstreamClose() {
        answer.end(connection.endedCleanly);
        finish();
      },
    };
    if (connection.socket.destroyed) finish();
    else connection.write(bytes);
  });
}
