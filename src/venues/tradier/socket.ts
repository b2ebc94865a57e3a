// Tradier's WebSockets: market events and the account's orders, each message with the id of a streaming session. They take no orders.
// Source: documentation.tradier.com/brokerage-api/streaming (wss-market-websocket, wss-account-websocket).
import { formatStrictJson, type StrictJson, type StrictObject } from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
  hasOnly,
  problemOfTopics,
  readFrame,
  socketRows,
  textOf,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type { Refusal, SocketMessage, VenueSocket } from '../venue.js';

interface Stream {
  operation: string;
  /** Lists, by what may stand in them. */
  lists: Readonly<Record<string, RegExp>>;
  /** Which of the lists has to be there. */
  needed: string;
  flags: readonly string[];
}

const streams: ReadonlyMap<string, Stream> = new Map<string, Stream>([
  [
    '/v1/markets/events',
    {
      operation: 'markets/events',
      lists: {
        symbols: /^[A-Za-z0-9.$^/_:-]{1,32}$/,
        filter: /^(?:trade|quote|summary|timesale|tradex)$/,
      },
      needed: 'symbols',
      flags: ['linebreak', 'validOnly', 'advancedDetails'],
    },
  ],
  [
    '/v1/accounts/events',
    {
      operation: 'accounts/events',
      lists: { events: /^order$/, excludeAccounts: /^[A-Z0-9]{4,16}$/ },
      needed: 'events',
      flags: [],
    },
  ],
]);

export const socket: VenueSocket = {
  operations: [...streams].flatMap(([path, { operation }]) => socketRows(path, [operation])),
  open({ path, query }) {
    const stream = streams.get(path);
    if (stream === undefined || query !== '') return undefined;
    return {
      target: { path, query },
      read: (text) => readFrame(text, (frame) => read(frame, stream)),
      refuse,
    };
  },
};

function read(frame: StrictObject, { operation, lists, needed, flags }: Stream): SocketMessage {
  if (!hasOnly(frame, ['sessionid', ...Object.keys(lists), ...flags]))
    return unknown('the message has a member that no message has');
  for (const [name, form] of Object.entries(lists)) {
    const list = frame.get(name);
    const isNone = list === undefined || (Array.isArray(list) && list.length === 0);
    const problem =
      isNone && name !== needed ? undefined : problemOfTopics(list, (one) => form.test(one), 2000);
    if (problem !== undefined) return unknown(problem);
  }
  if (!flags.every((name) => isFlag(frame.get(name)))) return unknown('a flag is neither true nor false');
  const token = textOf(frame.get('sessionid'));
  if (token === undefined) return unknown('the message has no sessionid');
  return {
    kind: 'login',
    operation,
    token,
    write: (_real, stamp) =>
      formatStrictJson(new Map<string, StrictJson>([...frame, ['sessionid', stamp.token ?? '']])),
  };
}

const isFlag = (value: StrictJson | undefined): boolean =>
  value === undefined || typeof value === 'boolean' || value === 'true' || value === 'false';

function refuse(_text: string, refusal: Refusal): string {
  return JSON.stringify({ error: refusalText(refusal) });
}
