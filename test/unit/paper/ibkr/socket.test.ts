// IBKR's paper socket by hand-made commands: sessions as IBKR judges them, market data, the account.
import { expect, test } from 'vitest';
import { openSocket } from '../../../../src/paper/ibkr/socket.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'api.ibkr.com';
const path = '/v1/api/ws';

function setUp() {
  const paper = paperSockets(ibkr);
  const { sessionToken = '', accessToken = '' } = paper.secrets;
  const ask = (method: string, target: string, body?: object) => {
    const headers = [
      ['cookie', `api=${sessionToken}`],
      ['content-type', 'application/json'],
    ] as const;
    const url = `https://${host}/v1/api/${target}`;
    return JSON.parse(
      String(paper.exchange.handle(requestOf(method, url, headers, body && JSON.stringify(body))).body),
    );
  };
  const open = (query = '', cookie?: string) => {
    const socket = paper.exchange.openSocket({
      host,
      path,
      query,
      ...(cookie && { cookie: `api=${cookie}` }),
    });
    if (socket === undefined) throw new Error('no socket');
    return {
      say: (text: string) => socket.hear(text).map((one) => JSON.parse(one)),
      tell: () => socket.tell().map((one) => JSON.parse(one)),
    };
  };
  return { paper, ask, open, sessionToken, accessToken };
}

test('a session, the credential’s own or of a tickle, is who one is; others wait for one', () => {
  expect(openSocket({ host, path: '/ws', query: '' })).toBeUndefined();
  const { ask, open, sessionToken, accessToken } = setUp();
  const { session } = ask('POST', 'tickle');
  expect(session).toMatch(/^[0-9a-f]{32}$/);
  const greeting = [{ topic: 'system' }, { topic: 'sts', args: { authenticated: true } }, { topic: 'act' }];
  expect(open('', sessionToken).tell()).toMatchObject(greeting);
  expect(open(`oauth_token=${accessToken}`, session).tell()).toMatchObject(greeting);
  const waiting = [{ message: 'waiting for session' }];
  expect(open().tell()).toEqual(waiting);
  expect(open('', 'f'.repeat(32)).tell()).toEqual(waiting);
  expect(open('oauth_token=other', session).tell()).toEqual(waiting);
  const late = open();
  late.tell();
  expect(late.say('sor+{}')).toMatchObject([{ topic: 'error' }]);
  expect(late.say('{"session":"nobody"}')).toEqual(waiting);
  expect(late.say(JSON.stringify({ session }))).toMatchObject(greeting);
  expect(late.tell()).toEqual([]);
});

test('market data tells the fields that were asked for, once until they change', () => {
  const { paper, open, sessionToken } = setUp();
  const { say, tell } = open('', sessionToken);
  tell();
  expect(say('smd+265598+{"fields":["84","86"]}')).toEqual([]);
  const [quote] = tell();
  expect(quote).toMatchObject({ topic: 'smd+265598', conid: 265598, server_id: 'q0' });
  expect(Number(quote['84'])).toBeLessThan(Number(quote['86']));
  expect(quote['31']).toBeUndefined();
  expect(tell()).toEqual([]);
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell()).toMatchObject([{ topic: 'smd+265598' }]);
  say('umd+265598+{}');
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell()).toEqual([]);
  expect(say('tic')).toMatchObject([{ topic: 'tic', alive: true }]);
  for (const text of ['smd+1+{"fields":["31"]}', 'smh+265598+{}', 'xyz', 'smd+265598+{'])
    expect(say(text), text).toMatchObject([{ topic: 'error' }]);
});

test('orders, trades and worth: what there is at first, then what changes', () => {
  const { ask, open, sessionToken } = setUp();
  const { say, tell } = open('', sessionToken);
  tell();
  for (const text of ['sor+{}', 'str+{"days":1}', 'spl+{}']) expect(say(text)).toEqual([]);
  expect(tell()).toMatchObject([{ topic: 'sor', args: [] }, { topic: 'str', args: [] }, { topic: 'spl' }]);
  const account = ask('GET', 'iserver/accounts').accounts[0];
  const order = { acctId: account, conid: 265598, side: 'BUY', tif: 'GTC', quantity: 2 };
  const place = (more: object) =>
    ask('POST', `iserver/account/${account}/orders`, { orders: [{ ...order, ...more }] })[0];
  const { order_id } = place({ orderType: 'LMT', price: 100 });
  expect(tell()[0]).toMatchObject({
    topic: 'sor',
    args: [{ orderId: Number(order_id), status: 'Submitted' }],
  });
  ask('DELETE', `iserver/account/${account}/order/${order_id}`);
  expect(tell()[0]).toMatchObject({ topic: 'sor', args: [{ status: 'Cancelled' }] });
  place({ orderType: 'MKT' });
  const told = tell();
  expect(told.find(({ topic }) => topic === 'str').args).toMatchObject([
    { side: 'B', size: 2, conid: '265598' },
  ]);
});
