// Binance's sockets: market streams, and the WebSocket APIs that orders go through.

import { formatStrictJson } from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import { isMessageId, membersOf, socketRows } from '../socket-frames.js';
import type { Refusal, VenueSocket } from '../venue.js';
import { rejected } from './refusal.js';
import { listenKeyIn } from './session-tokens.js';
import { readStreamMessage, readsStreams, streamMethods } from './streams.js';
import { readApiMessage } from './ws-api.js';
import { listens, wsApis } from './ws-api-methods.js';

const apiHost = /^(?:demo-)?ws-[fd]?api\.|^testnet\.binancefuture\.com$/;
const futuresHost = /^[fd]stream\./;
const apiQuery =
  /^(?:(?:returnRateLimits=(?:true|false)|timeUnit=(?:MICROSECOND|microsecond))(?:&(?!$)|$)){0,2}$/;

export const socket: VenueSocket = {
  operations: [
    ...[...wsApis].flatMap(([path, { open, signed, trades }]) =>
      socketRows(path, [...open, ...listens, ...signed], trades),
    ),
    ...['/ws', '/stream'].flatMap((path) => socketRows(path, streamMethods)),
  ],
  open({ host, path, query }, environment) {
    const target = { path, query };
    if (apiHost.test(host)) {
      const api = wsApis.get(path);
      if (api === undefined || !apiQuery.test(query)) return undefined;
      return { target, read: (text) => readApiMessage(text, api, environment), refuse };
    }
    const token = futuresHost.test(host) ? listenKeyIn(path, query) : undefined;
    if (token !== undefined) return { target, token, read: readStreamMessage, refuse };
    return readsStreams(path, query) ? { target, read: readStreamMessage, refuse } : undefined;
  },
};

/** Both kinds of socket word errors so; `status` is of the APIs alone, and streams' clients do not read it. */
function refuse(text: string, refusal: Refusal): string {
  const id = membersOf(text).get('id');
  const echo = id !== undefined && isMessageId(id) ? formatStrictJson(id) : 'null';
  const error = JSON.stringify({ code: rejected, msg: refusalText(refusal) });
  return `{"id":${echo},"status":400,"error":${error}}`;
}
