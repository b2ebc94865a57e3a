// The dead-man switch as Kraken spot and futures word it: `timeout` in seconds, from 0, which disarms, to a day.
import { isoTime, type PrivateCall } from './call.js';
import { PaperFault } from './fault.js';

const mostSeconds = 86_400;

/** Times in ISO 8601; `triggerTime` is `0` when disarmed. Throws PaperFault PARAMETER_BAD or PARAMETER_MISSING. */
export function cancelAllAfter({ engine, account, fields }: PrivateCall): {
  currentTime: string;
  triggerTime: string;
} {
  const text = fields.required('timeout');
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (seconds < 0 || seconds > mostSeconds) throw new PaperFault('PARAMETER_BAD', 'timeout');
  const deadlineMs = seconds === 0 ? undefined : engine.nowMs + seconds * 1000;
  engine.setDeadline(account.id, deadlineMs);
  return {
    currentTime: isoTime(engine.nowMs),
    triggerTime: deadlineMs === undefined ? '0' : isoTime(deadlineMs),
  };
}
