// A paper exchange whose next placing or amending requests each meet a fate, by REST or over the socket, and that notes what arrived.
import { createHash } from 'node:crypto';
import type { HttpRequest } from '../../src/core/http.js';
import type { PaperExchange } from '../../src/paper/exchange.js';
import { FaultyExchange } from '../../src/paper/fault-injection.js';
import type { InjectedFault } from '../../src/paper/fault-rules.js';
import type { Served } from '../../src/paper/server.js';
import type { Arrival, Fate, KillWorld } from './kill-world.js';

const moving = /\/trade\/(order|batch-orders|amend-order)$/;
const movingOperation = /^(order|batch-orders|amend-order)$/;
const isFault = (fate: Fate): fate is InjectedFault =>
  fate !== 'served' && fate !== 'kill-before' && fate !== 'kill-after';

export function struckExchange(
  paper: PaperExchange,
  world: Pick<KillWorld, 'arrivals' | 'fates'>,
  kill: () => void,
): Served {
  /** What is being served; the faults call the exchange within the same turn. */
  let served: { arrival: Arrival; fate: Fate } | undefined;
  const taken = (text: string): void => {
    if (served === undefined) return;
    for (const { clOrdId, ordId, sCode } of JSON.parse(text).data ?? []) {
      const own = served.arrival.orders.find(({ clientOrderId }) => clientOrderId === clOrdId);
      if (own !== undefined && sCode === '0') own.venueOrderId = ordId;
    }
  };
  const faulty = new FaultyExchange({
    handle(request, disorder) {
      const answer = paper.handle(request, disorder);
      taken(answer.body.toString());
      return answer;
    },
    openSocket(place) {
      const socket = paper.openSocket(place);
      if (socket === undefined) return undefined;
      return {
        ...socket,
        tell: () => socket.tell(),
        hear(text, disorder) {
          const told = socket.hear(text, disorder);
          for (const one of told) if (one.startsWith('{')) taken(one);
          return told;
        },
      };
    },
  });
  const strike = <Result>(arrival: Arrival, when: readonly string[], serve: () => Result): Result => {
    const fate = world.fates.shift() ?? 'served';
    world.arrivals.push(arrival);
    if (isFault(fate)) faulty.add({ when, fault: fate });
    if (fate === 'kill-before') kill();
    served = { arrival, fate };
    try {
      return serve();
    } finally {
      served = undefined;
      if (fate === 'kill-after') kill();
    }
  };
  return {
    handle(request: HttpRequest) {
      const { method, path, query, body } = request;
      if (method !== 'POST' || !moving.test(path)) return faulty.handle(request);
      const text = body.toString();
      const arrival = arrivalOf(`${method} ${path}?${query}\n${text}`, path, JSON.parse(text));
      return strike(arrival, [`POST ${path}`, text], () => faulty.handle(request));
    },
    openSocket(place) {
      const socket = faulty.openSocket(place);
      if (socket === undefined) return undefined;
      return {
        ...socket,
        tell: () => socket.tell(),
        hear(text) {
          const message = text.startsWith('{') ? JSON.parse(text) : {};
          if (!movingOperation.test(String(message.op))) return socket.hear(text);
          const arrival = arrivalOf(`MESSAGE ${place.path}?\n${text}`, String(message.op), message.args);
          return strike(arrival, ['SOCKET', text], () => socket.hear(text));
        },
      };
    },
  };
}

function arrivalOf(bytes: string, path: string, body: unknown): Arrival {
  const rows = (Array.isArray(body) ? body : [body]) as { clOrdId?: string; px?: string; sz?: string }[];
  return {
    digest: createHash('sha256').update(bytes).digest('hex'),
    isAmend: path.endsWith('amend-order'),
    orders: rows.map(({ clOrdId, px, sz }) => ({
      clientOrderId: String(clOrdId),
      worth: Number(px) * Number(sz),
    })),
  };
}
