// Messages to a host that is no venue's: searched for decoys as a request's body is, also across messages; nothing else is understood.
import type { Masker } from '../http1/answer.js';
import type { Denial, Exchange, World } from '../stage.js';
import { misuse } from '../stages/decoys.js';
import type { Screen } from './screen.js';

/** Longest message in either direction where no rule says less, in bytes: pictures and sound for a model. */
export const plainMessageBytes = 16 * 1_048_576;

export function createPlainScreen(
  exchange: Pick<Exchange, 'id' | 'host' | 'rule'>,
  world: Pick<World, 'decoys' | 'credentials' | 'canary'>,
  newDecoyMasker: () => Masker,
): Screen {
  // B8: chat history may hold decoys; what a model's host reads is not searched.
  const isLlm = world.credentials.isLlm(exchange.host);
  const ear = isLlm ? world.canary?.earFor(exchange.id) : undefined;
  const across = newDecoyMasker();
  const decoyProblem = (data: Buffer, where: string): Denial | undefined => {
    ear?.(data);
    if (isLlm) return undefined;
    const hit = world.decoys.find(data);
    if (hit !== undefined) return misuse(where, hit.id);
    // Ended by this message after it began in an earlier one.
    across.push(data);
    return across.hits > 0 ? misuse(where) : undefined;
  };
  return {
    maxMessageBytes: Math.min(exchange.rule?.maxBodyBytes ?? plainMessageBytes, plainMessageBytes),
    fromAgent: (data) => {
      const denied = decoyProblem(data, 'a WebSocket message');
      return denied === undefined ? { kind: 'forward', data } : { kind: 'refuse', denied, record: {} };
    },
    control: (data) => decoyProblem(data, 'a WebSocket control frame'),
  };
}
