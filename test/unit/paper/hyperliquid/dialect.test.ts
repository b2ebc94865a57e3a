// Hyperliquid on paper: @nktkas/hyperliquid unmodified, who signed, nonces, the dead-man switch, in the venue's shapes.
import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import ccxt from 'ccxt';
import { afterEach, expect, test, vi } from 'vitest';
import { sizeDecimals } from '../../../../src/paper/desk.js';
import { accountAnswers } from '../../../../src/paper/hyperliquid/accounts.js';
import { actionHandlers } from '../../../../src/paper/hyperliquid/actions.js';
import { coins, oidOf } from '../../../../src/paper/hyperliquid/call.js';
import { hyperliquidDialect } from '../../../../src/paper/hyperliquid/dialect.js';
import { marketAnswers } from '../../../../src/paper/hyperliquid/markets.js';
import { actionClasses } from '../../../../src/venues/hyperliquid/actions.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { makeDecoys, requestOf } from '../../../support/venue-requests.js';

afterEach(() => vi.unstubAllGlobals());

/** A wallet as ethers 6 has them, around the key; ccxt encodes what is signed. */
function walletOf(privateKey: string) {
  const encoder = new ccxt.hyperliquid();
  return {
    getAddress: async () => String(encoder.ethGetAddressFromPrivateKey(privateKey)),
    signTypedData: async (domain: object, types: object, message: object) => {
      const encoded = encoder.ethEncodeStructuredData(domain, types, message) as unknown as Uint8Array;
      const key = Buffer.from(privateKey.slice(2), 'hex');
      const bytes = secp256k1.sign(keccak_256(encoded), key, { prehash: false, format: 'recovered' });
      const hex = Buffer.from(bytes).toString('hex');
      return `0x${hex.slice(2)}${bytes[0] === 0 ? '1b' : '1c'}`;
    },
  };
}

function connect(key?: string) {
  const paper = paperVenue(hyperliquid);
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    paper.fetchPaper(url, {
      ...(init.method === undefined ? {} : { method: init.method }),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: init.body,
    }),
  );
  const transport = new HttpTransport();
  const wallet = walletOf(key ?? paper.secrets.privateKey!);
  const user = paper.secrets.accountAddress as `0x${string}`;
  return {
    paper,
    user,
    info: new InfoClient({ transport }),
    exchange: new ExchangeClient({ transport, wallet }),
  };
}

const limit = (p: string, s = '0.01') => ({
  a: 0,
  b: true,
  p,
  s,
  r: false,
  t: { limit: { tif: 'Gtc' as const } },
});
const cloid = `0x${'ab'.repeat(16)}` as const;

async function farPrice(info: InfoClient, share: number) {
  const book = await info.l2Book({ coin: 'BTC' });
  return (Number(book?.levels[0][0]?.px) * share).toFixed(0);
}

test('the SDK rests, amends, finds and cancels an order', async () => {
  const { info, exchange, user } = connect();
  const placed = await exchange.order({
    orders: [{ ...limit(await farPrice(info, 0.97)), c: cloid }],
    grouping: 'na',
  });
  const [status] = placed.response.data.statuses;
  const oid = typeof status === 'object' && 'resting' in status ? status.resting.oid : 0;
  expect(Number.isSafeInteger(oid) && oid > 0).toBe(true);
  const lower = await farPrice(info, 0.96);
  await exchange.modify({ oid, order: { ...limit(lower, '0.02'), c: cloid } });
  const [open] = await info.frontendOpenOrders({ user });
  expect(open).toMatchObject({ coin: 'BTC', side: 'B', limitPx: lower, sz: '0.02', oid, cloid });
  expect(await info.orderStatus({ user, oid: cloid })).toMatchObject({
    order: { status: 'open', order: { oid } },
  });
  await exchange.cancelByCloid({ cancels: [{ asset: 0, cloid }] });
  await expect(exchange.cancel({ cancels: [{ a: 0, o: oid }] })).rejects.toThrow(
    'never placed, already canceled',
  );
  expect(await info.orderStatus({ user, oid })).toMatchObject({ order: { status: 'canceled' } });
  expect(await info.orderStatus({ user, oid: 5 })).toEqual({ status: 'unknownOid' });
});

test('a fill makes a position in base currency, and a reduce-only order closes it', async () => {
  const { info, exchange, user } = connect();
  const price = await farPrice(info, 1.03);
  const taken = await exchange.order({ orders: [limit(price, '0.03')], grouping: 'na' });
  expect(taken.response.data.statuses).toMatchObject([{ filled: { totalSz: '0.03' } }]);
  const before = await info.clearinghouseState({ user });
  expect(before.assetPositions).toMatchObject([{ position: { coin: 'BTC', szi: '0.03' } }]);
  const fills = await info.userFills({ user });
  expect(fills.reduce((sum, { sz }) => sum + Number(sz), 0)).toBeCloseTo(0.03, 9);
  const sell = { ...limit(await farPrice(info, 0.97), '0.03'), b: false, r: true };
  await exchange.order({ orders: [{ ...sell, t: { limit: { tif: 'Ioc' } } }], grouping: 'na' });
  expect((await info.clearinghouseState({ user })).assetPositions).toEqual([]);
  await expect(exchange.order({ orders: [sell], grouping: 'na' })).rejects.toThrow('Reduce only order would');
});

test('a market order, as clients make it, is a limit far through the book', async () => {
  const { info, exchange } = connect();
  for (const [share, b] of [
    [1.08, true],
    [0.92, false],
  ] as const) {
    const order = { ...limit(await farPrice(info, share), '0.02'), b, t: { limit: { tif: 'Ioc' as const } } };
    const { response } = await exchange.order({ orders: [order], grouping: 'na' });
    expect(response.data.statuses).toMatchObject([{ filled: { totalSz: '0.02' } }]);
  }
});

test('the key is an API wallet of the account, and only such a key is heard', async () => {
  const { info, exchange, user, paper } = connect();
  const agent = (await walletOf(paper.secrets.privateKey!).getAddress()).toLowerCase() as `0x${string}`;
  expect(await info.userRole({ user: agent })).toEqual({ role: 'agent', data: { user } });
  expect(await info.userRole({ user })).toEqual({ role: 'user' });
  expect(await info.userRole({ user: `0x${'1'.repeat(40)}` })).toEqual({ role: 'missing' });
  await expect(exchange.updateLeverage({ asset: 0, isCross: true, leverage: 2 })).rejects.toThrow(
    'not available',
  );
  const stranger = connect(makeDecoys(hyperliquid).privateKey);
  await expect(stranger.exchange.scheduleCancel({ time: Date.now() + 60_000 })).rejects.toThrow(
    'does not exist',
  );
});

test('the dead-man switch cancels what rests', async () => {
  const { info, exchange, user, paper } = connect();
  await exchange.order({ orders: [limit(await farPrice(info, 0.9))], grouping: 'na' });
  await expect(exchange.scheduleCancel({ time: Date.now() + 1000 })).rejects.toThrow('Invalid time');
  await exchange.scheduleCancel({ time: Date.now() + 6000 });
  expect(await info.openOrders({ user })).toHaveLength(1);
  paper.clock.set(Date.now() + 7000);
  expect(await info.openOrders({ user })).toEqual([]);
});

test('an order that would take, or cannot, is refused in the venue’s words', async () => {
  const { info, exchange } = connect();
  const order = limit(await farPrice(info, 1.02));
  const place = (more: object) => exchange.order({ orders: [{ ...order, ...more }], grouping: 'na' });
  await expect(place({ t: { limit: { tif: 'Alo' } } })).rejects.toThrow(
    'Post only order would have immediately',
  );
  const far = await farPrice(info, 0.9);
  await expect(place({ p: far, t: { limit: { tif: 'Ioc' } } })).rejects.toThrow(
    'could not immediately match',
  );
  await expect(place({ s: '100' })).rejects.toThrow('Insufficient margin');
  await expect(place({ a: 77 })).rejects.toThrow('Unknown asset. asset=77');
});

test('the SDK groups exits with an order, and sets those of a position', async () => {
  const { info, exchange, user } = connect();
  const far = await farPrice(info, 0.9);
  const exit = (triggerPx: string, tpsl: 'tp' | 'sl', s = '0.01') =>
    ({
      ...limit(triggerPx),
      b: false,
      r: true,
      s,
      t: { trigger: { isMarket: true, triggerPx, tpsl } },
    }) as never;
  const high = await farPrice(info, 1.2);
  const low = await farPrice(info, 0.8);
  const open = async () => await info.frontendOpenOrders({ user });
  const group = (price: string) =>
    exchange.order({ orders: [limit(price), exit(high, 'tp'), exit(low, 'sl')], grouping: 'normalTpsl' });
  expect((await group(far)).response.data.statuses.slice(1)).toEqual(['waitingForFill', 'waitingForFill']);
  expect(await open()).toMatchObject([
    { children: [{ orderType: 'Take Profit Market' }, { triggerPx: low }] },
  ]);
  const { response } = await group(await farPrice(info, 1.02));
  expect(response.data.statuses).toMatchObject([{ filled: {} }, 'waitingForTrigger', 'waitingForTrigger']);
  expect(await open()).toHaveLength(3);
  await expect(exchange.order({ orders: [limit(far), limit(far)], grouping: 'normalTpsl' })).rejects.toThrow(
    'Invalid grouping',
  );
  await exchange.order({ orders: [exit(high, 'tp', '0'), exit(low, 'sl', '0')], grouping: 'positionTpsl' });
  const ofPosition = (await open()).filter(({ isPositionTpsl }) => isPositionTpsl);
  expect(ofPosition.map(({ sz }) => sz)).toEqual(['0.01', '0.01']);
  const { oid } = ofPosition.find(({ triggerPx }) => triggerPx === low)!;
  const lower = await farPrice(info, 0.7);
  await exchange.modify({ oid, order: exit(lower, 'sl', '0') });
  expect((await open()).find((one) => one.oid === oid)).toMatchObject({ triggerPx: lower, sz: '0.01' });
  await expect(exchange.modify({ oid, order: exit(lower, 'tp', '0') })).rejects.toThrow('Invalid order');
});

test('a nonce counts once, and only near the time', () => {
  const { secrets, handle, clock } = paperVenue(hyperliquid);
  const signer = new ccxt.hyperliquid({
    privateKey: secrets.privateKey,
    walletAddress: secrets.accountAddress,
  });
  const send = (nonce: number) => {
    const action = { type: 'cancel', cancels: [{ a: 0, o: 1 }] };
    const body = { action, nonce, signature: signer.signL1Action(action, nonce) };
    const type = [['content-type', 'application/json']] as const;
    const url = 'https://api.hyperliquid.xyz/exchange';
    return JSON.parse(String(handle(requestOf('POST', url, type, JSON.stringify(body))).body)) as {
      status: string;
    };
  };
  const nowMs = clock.nowMs();
  expect(send(nowMs).status).toBe('ok');
  expect(send(nowMs)).toEqual({ status: 'err', response: 'Invalid nonce' });
  expect(send(nowMs - 5).status).toBe('ok');
  expect(send(nowMs - 3 * 86_400_000).status).toBe('err');
  expect(send(nowMs + 2 * 86_400_000).status).toBe('err');
});

test('the routes are those of the table, and names and numbers are the venue’s', () => {
  expect([...actionHandlers.keys()].map((type) => actionClasses.get(type)).sort()).toEqual([
    'amend',
    'amend',
    'cancel',
    'cancel',
    'cancel',
    'order',
  ]);
  expect(marketAnswers.has('meta') && accountAnswers.has('orderStatus')).toBe(true);
  expect(hyperliquidDialect.venue).toBe('hyperliquid');
  const [btc, spot] = [coins.need('0'), coins.need('10000')];
  expect([coins.spell(btc), coins.spell(spot), sizeDecimals(btc)]).toEqual(['BTC', '@0', 4]);
  expect(oidOf({ id: '1' })).not.toBe(oidOf({ id: '2' }));
});
