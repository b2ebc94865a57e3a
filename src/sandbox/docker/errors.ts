// Turns what the engine or its socket throws into the catalogue's errors, each with a remedy.
import { messageOf, TradeboxError } from '../../core/errors.js';

interface EngineFailure {
  statusCode?: number;
  code?: string;
  json?: { message?: string };
}

/** Thrown by `withDeadline` when the engine did not answer in time. */
export class DeadlinePassed extends Error {}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EPERM',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ENOTSOCK',
]);

/** The engine's own words, without the client's wrapping. */
export function engineMessage(thrown: unknown): string {
  const failure = thrown as EngineFailure;
  return (failure?.json?.message ?? messageOf(thrown)).trim();
}

/** HTTP status of an engine's refusal; undefined when it is not one. */
export function statusOf(thrown: unknown): number | undefined {
  return (thrown as EngineFailure)?.statusCode;
}

export function isMissing(thrown: unknown): boolean {
  return statusOf(thrown) === 404;
}

/** True when removal is already done or under way. */
export function isGone(thrown: unknown): boolean {
  return isMissing(thrown) || /removal of container .* is already in progress/i.test(engineMessage(thrown));
}

/** True when another network, ours or not, has the addresses. */
export function isAddressClash(thrown: unknown): boolean {
  return /pool overlaps|overlaps with|address already in use|subnet .* is already used|conflicts with network/i.test(
    engineMessage(thrown),
  );
}

/** True when a container or network of that name exists. */
export function isNameClash(thrown: unknown): boolean {
  const message = engineMessage(thrown);
  return (
    (statusOf(thrown) === 409 && /already in use by container|name .* is already in use/i.test(message)) ||
    /network with name .* already exists|network already exists/i.test(message)
  );
}

/**
 * Maps a failure of `action` ("create the agent container"). A TradeboxError passes unchanged.
 * Codes: DISK_FULL, ENGINE_UNREACHABLE, ENGINE_UNSUITABLE, NAME_TAKEN, ADDRESS_SPACE_EXHAUSTED, FAULT.
 */
export function toTradeboxError(action: string, thrown: unknown): TradeboxError {
  if (thrown instanceof TradeboxError) return thrown;
  const message = engineMessage(thrown);
  const failure = thrown as EngineFailure;
  if (/no space left on device|disk quota exceeded/i.test(message)) {
    return new TradeboxError('DISK_FULL', `The engine has no disk space left to ${action}.`, {
      remedy:
        'Free space where the engine keeps its data (`docker system df` shows who uses it), then try again.',
      cause: thrown,
    });
  }
  if (/storage[- ]opt/i.test(message)) {
    return new TradeboxError('ENGINE_UNSUITABLE', `The engine cannot limit a box's disk: ${message}.`, {
      remedy:
        'Leave `limits.diskMb` out: the watch of what stays free on the disk holds at every engine. Or keep its data on btrfs, zfs or xfs with pquota.',
      cause: thrown,
    });
  }
  if (thrown instanceof DeadlinePassed) {
    return new TradeboxError('ENGINE_UNREACHABLE', `The engine did not ${action} in time (${message}).`, {
      remedy:
        'See whether the engine is overloaded or hangs (`docker info`); restart it if it does not answer.',
      cause: thrown,
    });
  }
  if (failure?.statusCode === undefined && unreachableCodes.has(failure?.code ?? '')) {
    return new TradeboxError(
      'ENGINE_UNREACHABLE',
      `The engine went away while tradebox tried to ${action}: ${message}.`,
      {
        remedy:
          'Start the engine (`sudo systemctl start docker`, or open Docker Desktop, Colima, OrbStack) and try again.',
        cause: thrown,
      },
    );
  }
  if (isNameClash(thrown)) {
    return new TradeboxError('NAME_TAKEN', `The engine already has an object of that name: ${message}.`, {
      remedy: 'Choose another --name, or remove the old box with `tradebox reset <name>`.',
      cause: thrown,
    });
  }
  if (
    isAddressClash(thrown) ||
    /could not find an available|no available network|predefined address pools/i.test(message)
  ) {
    return new TradeboxError(
      'ADDRESS_SPACE_EXHAUSTED',
      `The engine has no free addresses for the box: ${message}.`,
      {
        remedy: 'Remove networks that nobody uses (`docker network prune`), then try again.',
        cause: thrown,
      },
    );
  }
  if (/error setting rlimit type 7/i.test(message)) {
    return new TradeboxError(
      'CONFIG_INVALID',
      'The engine may not open as many files as the box is allowed to.',
      {
        remedy: 'Lower the open-files limit of the box in tradebox.yaml, or raise LimitNOFILE of the engine.',
        cause: thrown,
      },
    );
  }
  return new TradeboxError('FAULT', `The engine failed to ${action}: ${message}`, { cause: thrown });
}

/**
 * Runs `work` with a signal that fires after `ms`. The signal never fires once `work` has settled, so a stream it
 * opened lives on. Throws DeadlinePassed.
 */
export async function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlinePassed(`no answer within ${ms / 1000} s`));
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
