// Keeps the sessions open that some venues want of their keys: opened before anything else is asked, then asked for again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { VenueAdmin } from '../venues/admin.js';
import type { AskVenue, CallAccount } from './venue-calls.js';

export interface SessionParts {
  accounts: readonly CallAccount[];
  ask: AskVenue;
  randomBytes(size: number): Buffer;
  /** Before a token that the venue granted to the account's key is used. */
  onGranted(account: CallAccount, token: Secret): void;
}

/** The way out may still be on its way while the sidecar starts: how long to ask, and between questions, milliseconds. */
const startPatienceMs = 12_000;
const pauseMs = 250;
/** After a session could not be opened, milliseconds until it is tried again. */
const retryMs = 10_000;
const deadlineMs = 8_000;

export interface Sessions {
  /** Once each session was tried for the first time: what the operator must be told. Never rejects. */
  ready(): Promise<string[]>;
  close(): void;
}

export function keepSessions({ accounts, ask, randomBytes, onGranted }: SessionParts): Sessions {
  const timers = new Set<NodeJS.Timeout>();
  const patientUntilMs = performance.now() + startPatienceMs;
  let isClosed = false;

  async function keep(
    account: CallAccount,
    session: NonNullable<VenueAdmin['session']>,
  ): Promise<string | undefined> {
    const problem = await keepOnce(account, session);
    if (isClosed) return problem;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        keep(account, session).catch(() => undefined);
      },
      problem === undefined ? session.everyMs : Math.min(retryMs, session.everyMs),
    );
    timer.unref();
    timers.add(timer);
    return problem;
  }

  async function keepOnce(
    account: CallAccount,
    session: NonNullable<VenueAdmin['session']>,
  ): Promise<string | undefined> {
    try {
      const at = { environment: account.environment };
      const granted = (token: Secret) => onGranted(account, token);
      const again = () => ask(account, session.keep(at, account.real, randomBytes, granted), deadlineMs);
      let answer = await again();
      // Without a status nobody was there.
      while (!answer.isUnderstood && answer.status === 0 && !isClosed && performance.now() < patientUntilMs) {
        await sleep(pauseMs);
        answer = await again();
      }
      if (!answer.isUnderstood) return answer.problem;
      return answer.value.isOpen ? undefined : 'the venue does not open one';
    } catch (error) {
      // A credential that cannot open a session: the words are ours and quote nothing (S2).
      return messageOf(error);
    }
  }

  const first = accounts.map(async (account) => {
    const session = account.venue.admin?.session;
    const problem = session === undefined ? undefined : await keep(account, session);
    return problem === undefined
      ? []
      : [`${account.id}: no session at ${account.venue.title} (${problem}); it is tried again`];
  });
  const tried = Promise.all(first);
  return {
    ready: async () => (await tried).flat(),
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
