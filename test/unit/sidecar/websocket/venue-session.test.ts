import { expect, test } from 'vitest';
import { openVenueSession } from '../../../../src/sidecar/websocket/venue-session.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { exchangeOf } from '../../../support/pipeline-world.js';

const open = (path: string, venue = okx) => {
  const { exchange } = exchangeOf('ws.okx.com', `GET ${path} HTTP/1.1\r\nHost: ws.okx.com\r\n\r\n`);
  return openVenueSession({ ...exchange, path, venue }, 'live');
};

test('a path of the table opens a session, any other is denied, and so is a venue without sockets', () => {
  expect(open('/ws/v5/private')).toHaveProperty('read');
  expect(open('/ws/v5/nothing')).toMatchObject({ code: 'OPERATION_UNKNOWN', rule: 'okx: table' });
  const { socket: _socket, ...socketless } = okx;
  expect(open('/ws/v5/private', socketless)).toMatchObject({ code: 'WEBSOCKET_UNSUPPORTED', status: 501 });
});
