// Stage 5: what a venue operation may do, and whether the mode lets it (S4, S7).
import type { OperationClass } from '../../venues/venue.js';
import type { Mode } from '../settings.js';
import { type Denial, denial, type Stage } from '../stage.js';

/** What each mode lets through. `funds`, `risk` and `unknown` stand in no list: no configuration turns them on. */
const trading: ReadonlySet<OperationClass> = new Set(['read', 'order', 'amend', 'cancel']);
const permitted: Record<Mode, ReadonlySet<OperationClass>> = {
  readonly: new Set(['read']),
  demo: trading,
  // Played on the paper exchange; only reads of the market go out.
  shadow: trading,
  // Each order asks the gate besides (S8).
  propose: trading,
  live: trading,
};

const asking = new Set(['GET', 'HEAD', 'OPTIONS']);

export const classify: Stage = {
  name: 'classify',
  run(exchange, world): Denial | undefined {
    const { venue, request } = exchange;
    if (venue === undefined || request === undefined) return undefined;
    const found = venue.classify(request);
    exchange.classification = found;
    const rule = `${venue.id}: ${found.operation}`;
    if (found.class === 'unknown') {
      return denial(
        'OPERATION_UNKNOWN',
        found.reason ?? 'no row of the table names the operation',
        `${venue.id}: table`,
      );
    }
    if (venue.sessionTokens?.operations.has(found.operation) && world.sessionTokens === undefined) {
      return denial('OPERATION_UNKNOWN', 'session tokens are not handed out here', rule);
    }
    if (!permitted[world.mode].has(found.class)) {
      const code = `OPERATION_${found.class.toUpperCase()}`;
      const denied = denial(code, `${found.class} operations do not pass in mode ${world.mode}`, rule);
      // S7: to try to move funds is evidence; to ask about them is not.
      return found.class === 'funds' && !asking.has(request.method)
        ? { ...denied, taint: 'funds-attempt' }
        : denied;
    }
    const sends = found.class === 'order' || found.class === 'amend';
    if (sends && world.isTainted()) {
      return denial('BOX_TAINTED', 'a tainted box sends no orders until it is reset', rule);
    }
    return undefined;
  },
};
