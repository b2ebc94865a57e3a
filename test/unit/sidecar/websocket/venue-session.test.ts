import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { shadowVenues } from '../../../../src/paper/spoken-venues.js';
import type { World } from '../../../../src/sidecar/stage.js';
import { openVenueSession } from '../../../../src/sidecar/websocket/venue-session.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { venues } from '../../../../src/venues/venues.js';
import { exchangeOf } from '../../../support/pipeline-world.js';
import { startProBox } from '../../../support/pro-box.js';
import { socketPlaces } from '../../../support/socket-places.js';

const open = (path: string, venue = okx, mode: World['mode'] = 'live') => {
  const { exchange } = exchangeOf('ws.okx.com', `GET ${path} HTTP/1.1\r\nHost: ws.okx.com\r\n\r\n`);
  return openVenueSession({ ...exchange, path, venue }, 'live', mode);
};

test('a path of the table opens a session, any other is denied, and so is a venue without sockets', () => {
  expect(open('/ws/v5/private')).toHaveProperty('read');
  expect(open('/ws/v5/nothing')).toMatchObject({ code: 'OPERATION_UNKNOWN', rule: 'okx: table' });
  const { socket: _socket, ...socketless } = okx;
  expect(open('/ws/v5/private', socketless)).toMatchObject({ code: 'WEBSOCKET_UNSUPPORTED', status: 501 });
  expect(open('/ws/v5/private', socketless, 'shadow')).not.toHaveProperty('agentMessage');
});

/** Where each venue that can be rehearsed keeps the reason of a refusal. */
const reasonIn: Record<string, (body: Record<string, unknown>) => unknown> = {
  okx: ({ code, msg }) => [code, msg],
  binance: ({ code, msg }) => [code, msg],
  bybit: ({ retCode, retMsg }) => [retCode, retMsg],
  kraken: ({ error }) => error,
};

test.each(shadowVenues)(
  '%s: in shadow each of its sockets is declined in the venue’s shape, with the way that there is',
  async (id) => {
    const venue = venues.find((one) => one.id === id);
    const places = socketPlaces[id] ?? [];
    if (venue === undefined || places.length === 0) throw new Error(`no socket of ${id}`);
    const pro = await startProBox(venue, { mode: 'shadow' });
    const declined = async (host: string, path: string) => {
      const port = venue.hosts.find((one) => one.host === host)?.ports[0];
      const peer = new WebSocket(`wss://${host}:${port}${path}`, { agent: pro.agent });
      peer.on('error', () => undefined);
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        peer.on('unexpected-response', (_request, given) => resolve(given));
        peer.on('open', () => reject(new Error('it opened')));
      });
      const body = JSON.parse(await text(answer));
      peer.terminate();
      return reasonIn[id]?.(body);
    };
    try {
      for (const { host, path } of places)
        expect(await declined(host, path), host).toEqual(
          expect.arrayContaining([expect.stringMatching(/no WebSockets: use the REST API of the venue/)]),
        );
      const decided = pro.box.events().filter(({ type }) => type === 'request.decided');
      expect(decided).toHaveLength(places.length);
      for (const each of decided)
        expect(each).toMatchObject({
          verdict: 'deny',
          code: 'WEBSOCKET_UNSUPPORTED',
          rule: `${id}: sockets`,
        });
    } finally {
      await pro.stop();
    }
  },
);
