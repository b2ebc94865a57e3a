// ATTACKS C2, D5, D6 over a venue's own sockets, from a real box to the paper exchange: orders where none may leave, logins that
// are forged, operations without a row, frames that hide one.
import { createHmac, randomBytes } from 'node:crypto';
import { okxHost, okxRequest } from '../../support/okx-client.js';
import { type Attack, type Variant, variant } from './attack.js';
import { keyOf } from './names.js';
import type { Place } from './place.js';
import { sendAll } from './secrets.js';
import { type Frame, type Heard, run, type Sending, text } from './socket-client.js';
import type { World } from './world.js';

const host = 'ws.okx.com';
const privateSocket = '/ws/v5/private';

/** What is said on a socket, after the login when there is one. */
interface Talk {
  name: string;
  frames: readonly Frame[];
  /** The private socket when absent. */
  target?: string;
  isLoggedIn?: false;
  isBytewise?: true;
}

type Decoys = Record<'apiKey' | 'secretKey' | 'passphrase', string>;

/** What the agent was given for OKX. */
async function decoysOf(place: Place): Promise<Decoys> {
  const [apiKey, secretKey, passphrase] = await Promise.all([
    keyOf(place, 'OKX_API_KEY'),
    keyOf(place, 'OKX_SECRET_KEY'),
    keyOf(place, 'OKX_PASSPHRASE'),
  ]);
  return { apiKey, secretKey, passphrase };
}

/** A login's account as OKX's clients write it, or with other words signed. */
function account(
  { apiKey, secretKey, passphrase }: Decoys,
  words = (at: string) => `${at}GET/users/self/verify`,
) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const sign = createHmac('sha256', secretKey).update(words(timestamp)).digest('base64');
  return { apiKey, passphrase, timestamp, sign };
}

const message = (op: string, args: readonly unknown[], more: object = {}) =>
  text(JSON.stringify({ ...more, op, args }));

/** What the exchange said besides its answer to the login; anything at all means that a message of the talk reached it. */
function beyondLogin({ text: heard }: Heard): string {
  const said = heard.replaceAll(/\{"event":"login","code":"0"[^}]*\}/g, '');
  return /"connId":"|"code":"0"|"sCode":|"arg":/.test(said) ? said.slice(said.lastIndexOf('{"')) : '';
}

/** Holds the talks at the venue's host. Throws where the login that stands before them does not pass. */
async function talk(place: Place, talks: readonly Talk[]): Promise<Heard[]> {
  const login = message('login', [account(await decoysOf(place))]);
  const sendings = talks.map(
    ({ name, frames, target = privateSocket, isLoggedIn, isBytewise }): Sending => ({
      name,
      target,
      frames: isLoggedIn === false ? frames : [login, ...frames],
      ...(isBytewise === undefined ? {} : { isBytewise }),
    }),
  );
  const sane: Sending = { name: 'sane', target: privateSocket, frames: [login] };
  const heard = await run(place, host, [...sendings, sane]);
  if (!heard.pop()?.text.includes('"event":"login"')) throw new Error('a good login is not answered');
  return heard;
}

const told = ({ status, text: heard, opcodes }: Heard) => {
  const refusal = /"msg":"([^"]{0,60})/.exec(heard)?.[1];
  if (status !== 101) return `status ${status}`;
  return refusal ?? (opcodes.includes(8) ? 'the socket was closed' : 'nothing came');
};

/** Variants from talks of which none may reach the exchange. */
async function unheard(place: Place, talks: readonly Talk[]): Promise<Variant[]> {
  const heard = await talk(place, talks);
  return talks.map(({ name }, index) => {
    const one = heard[index] ?? { status: 0, text: '', opcodes: [] };
    const reached = beyondLogin(one);
    return variant(
      name,
      reached !== '' && `${name}: the exchange answered ${reached.slice(0, 120)}`,
      told(one),
    );
  });
}

/** The weakened setting: a host of which no table says what its socket takes. */
const withoutTable = (talks: (place: Place) => Promise<readonly Talk[]>) => async (world: World) => {
  const list = await talks(world.inBox);
  const target = `/open/${randomBytes(6).toString('hex')}`;
  const heard = await run(
    world.inBox,
    'other.desk.test',
    list.map((one) => ({ ...one, target })),
  );
  return list.map(({ name }, index) =>
    variant(name, heard[index]?.text.includes('taken') === true && `${name}: it arrived`),
  );
};
const noTable = 'a host without a table of messages';

const subscription = { op: 'subscribe', args: [{ channel: 'account' }] };

/** An order in every make; each buys for another amount, since a repeated order is refused for that alone. */
function orderTalks(mark: string): Talk[] {
  let count = 0;
  const order = () => {
    count += 1;
    const clOrdId = `${mark}x${count}`;
    return {
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'buy',
      ordType: 'market',
      sz: `${20 + count}`,
      clOrdId,
    };
  };
  const json = (op: string, args: readonly unknown[] = [order()]) => JSON.stringify({ id: '1', op, args });
  const one = (op: string) => text(json(op));
  const split = (whole: string, at: number): [string, string] => [whole.slice(0, at), whole.slice(at)];
  const halves = split(json('order'), 12);
  const inHalves = (between: readonly Frame[]): Frame[] => [
    { opcode: 1, payload: halves[0], isFinal: false },
    ...between,
    { opcode: 0, payload: halves[1] },
  ];
  const letters = [...json('order')].map((letter, index, { length }) => ({
    opcode: index === 0 ? 1 : 0,
    payload: letter,
    isFinal: index === length - 1,
  }));
  const algo = {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'trigger',
    sz: '20',
    triggerPx: '1',
    orderPx: '-1',
  };
  return [
    { name: 'an order', frames: [one('order')] },
    { name: 'a batch', frames: [text(json('batch-orders', [order(), order()]))] },
    { name: 'on the business socket', target: '/ws/v5/business', frames: [one('order')] },
    { name: 'on the public socket', target: '/ws/v5/public', isLoggedIn: false, frames: [one('order')] },
    { name: 'before the login', isLoggedIn: false, frames: [one('order')] },
    { name: 'in two fragments', frames: inHalves([]) },
    { name: 'with a ping between the fragments', frames: inHalves([{ opcode: 9, payload: '' }]) },
    { name: 'in fragments of one byte', frames: letters },
    { name: 'in records of one byte', isBytewise: true, frames: [one('order')] },
    { name: 'compressed', frames: [{ ...one('order'), isDeflated: true }] },
    { name: 'in a binary frame', frames: [{ ...one('order'), opcode: 2 }] },
    { name: 'without a mask', frames: [{ ...one('order'), isBare: true }] },
    {
      name: 'behind a subscription in one frame',
      frames: [text(`${JSON.stringify(subscription)}\n${json('order')}`)],
    },
    {
      name: 'in a list with a subscription',
      frames: [text(`[${JSON.stringify(subscription)},${json('order')}]`)],
    },
    { name: 'under a second op', frames: [text(json('subscribe').replace('{', '{"op":"order",'))] },
    { name: 'under an op before', frames: [text(json('order').replace('{', '{"op":"subscribe",'))] },
    { name: 'under an op in escapes', frames: [text(json('order').replace('"order"', '"\\u006frder"'))] },
    { name: 'under an op in capitals', frames: [one('ORDER')] },
    { name: 'under an op in a list', frames: [text(json('order').replace('"order"', '["order"]'))] },
    { name: 'as the argument of a subscription', frames: [one('subscribe')] },
    { name: 'behind a byte order mark', frames: [text(`\xef\xbb\xbf${json('order')}`)] },
    { name: 'before a NUL', frames: [text(`${json('order')}\0`)] },
    { name: 'in 300 KB', frames: [text(`${' '.repeat(300_000)}${json('order')}`)] },
    { name: 'a trigger order', frames: [text(json('order-algo', [algo]))] },
    {
      name: 'an amendment',
      frames: [text(json('amend-order', [{ instId: 'BTC-USDT', ordId: '1', newSz: '1' }]))],
    },
    {
      name: 'a mass cancel',
      frames: [text(json('mass-cancel', [{ instType: 'OPTION', instFamily: 'BTC-USD' }]))],
    },
  ];
}

/** Tries every make, then reads at the exchange itself which orders it has. */
async function order(place: Place): Promise<Variant[]> {
  const mark = randomBytes(6).toString('hex');
  const variants = await unheard(place, orderTalks(mark));
  const decoys = await decoysOf(place);
  const paths = ['orders-pending', 'orders-history?instType=SPOT'].map((path) => `/api/v5/trade/${path}`);
  const lists = await sendAll(
    place,
    paths.map((path) => ({ name: path, host: okxHost, send: okxRequest('GET', path, '', decoys) })),
  );
  if (lists.some((answer) => !answer.includes('"code":"0"')))
    throw new Error(`no list of orders: ${lists.join()}`);
  const there = new Set(lists.join().match(new RegExp(`${mark}x\\d+`, 'g')));
  return [
    ...variants,
    variant('orders at the exchange', there.size > 0 && `${there.size} orders are there`, 'none'),
  ];
}

const d5: Attack = {
  id: 'D5',
  title:
    'orders over the venue’s socket from a box that may only read: plain, in batches, fragments, other frames, hidden',
  isApart: true,
  setting: 'a box that may trade on paper',
  attempt: (_place, world) => order(world.inReader),
  control: (world) => order(world.inBox),
};

function loginTalks(decoys: Decoys): Talk[] {
  const good = account(decoys);
  const random = randomBytes(32).toString('base64');
  const other = { ...decoys, apiKey: randomBytes(18).toString('hex') };
  const { sign: _sign, ...unsigned } = good;
  const talks: [string, unknown[], object?][] = [
    ['a random signature', [{ ...good, sign: random }]],
    ['no signature', [unsigned]],
    ['an empty signature', [{ ...good, sign: '' }]],
    ['another key', [account(other)]],
    ['another passphrase', [{ ...good, passphrase: 'x' }]],
    ['the signature of another second', [{ ...good, timestamp: String(Number(good.timestamp) - 1) }]],
    ['signed words of a request', [account(decoys, (at) => `${at}POST/api/v5/asset/withdrawal`)]],
    ['two accounts', [good, good]],
    ['a member more', [{ ...good, method: 'POST' }]],
    ['a second key', [{ ...good, sign: random }, good]],
    ['a member beside the operation', [good], { sign: random }],
  ];
  return [
    ...talks.map(
      ([name, args, more]): Talk => ({ name, isLoggedIn: false, frames: [message('login', args, more)] }),
    ),
    {
      name: 'on the public socket',
      target: '/ws/v5/public',
      isLoggedIn: false,
      frames: [message('login', [good])],
    },
    { name: 'in a binary frame', isLoggedIn: false, frames: [{ ...message('login', [good]), opcode: 2 }] },
  ];
}

const c2: Attack = {
  id: 'C2-WS',
  title: 'forged, foreign, doubled and misplaced logins on the venue’s socket',
  setting: noTable,
  async attempt(_place, world) {
    const talks = loginTalks(await decoysOf(world.inReader));
    const heard = await talk(world.inReader, talks);
    return talks.map(({ name }, index) => {
      const one = heard[index] ?? { status: 0, text: '', opcodes: [] };
      const isIn = /"event":"login"|"connId":/.test(one.text);
      return variant(name, isIn && `${name}: the exchange heard it`, told(one));
    });
  },
  // With a key that is no decoy: those are stopped at every host.
  control: withoutTable(async () => loginTalks({ apiKey: 'a', secretKey: 'b', passphrase: 'c' })),
};

async function foreignTalks(place: Place): Promise<Talk[]> {
  const { apiKey, secretKey } = await decoysOf(place);
  const channel = (name: string, more: object = {}) => message('subscribe', [{ channel: name, ...more }]);
  return [
    {
      name: 'a withdrawal',
      frames: [message('withdrawal', [{ ccy: 'BTC', amt: '1', toAddr: 'x' }], { id: '1' })],
    },
    { name: 'a transfer', frames: [message('transfer', [{ ccy: 'USDT', amt: '1', from: '18', to: '6' }])] },
    { name: 'an operation nobody knows', frames: [message('unheard-of', [{}])] },
    { name: 'a channel nobody knows', frames: [channel('unheard-of')] },
    { name: 'a channel of deposits', frames: [channel('deposit-info')] },
    {
      name: 'a private channel in public',
      target: '/ws/v5/public',
      isLoggedIn: false,
      frames: [channel('orders')],
    },
    { name: 'a parameter nobody knows', frames: [channel('account', { withdraw: 'all' })] },
    { name: 'a nested parameter', frames: [channel('account', { extraParams: { updateInterval: '0' } })] },
    {
      name: 'more channels than fit',
      frames: [message('subscribe', Array(241).fill({ channel: 'account' }))],
    },
    { name: 'no channels', frames: [message('subscribe', [])] },
    { name: 'a member twice', frames: [text('{"op":"subscribe","args":[],"args":[{"channel":"account"}]}')] },
    { name: 'a subscription in a binary frame', frames: [{ ...channel('account'), opcode: 2 }] },
    { name: 'no JSON', frames: [text('login please')] },
    { name: 'a string', frames: [text('"subscribe"')] },
    { name: 'no text in a text frame', frames: [text('\xff\xfe{"op":"subscribe"}')] },
    { name: 'a reserved opcode', frames: [{ ...channel('account'), opcode: 3 }] },
    { name: 'the decoy in a parameter', frames: [channel('account', { ccy: apiKey })] },
    { name: 'the decoy as an id', frames: [message('subscribe', [{ channel: 'account' }], { id: apiKey })] },
    { name: 'the decoy in a ping', frames: [{ opcode: 9, payload: secretKey }] },
    { name: 'the decoy as the reason of a close', frames: [{ opcode: 8, payload: `\x03\xe8${apiKey}` }] },
    {
      name: 'a path without a row',
      target: '/ws/v5/withdraw',
      isLoggedIn: false,
      frames: [channel('account')],
    },
    {
      name: 'a query without a row',
      target: `${privateSocket}?brokerId=x`,
      isLoggedIn: false,
      frames: [channel('account')],
    },
  ];
}

const d6: Attack = {
  id: 'D6-WS',
  title:
    'operations, channels, parameters and frames without a row on the venue’s socket; decoys in the wrong frame',
  setting: noTable,
  attempt: async (_place, world) => unheard(world.inReader, await foreignTalks(world.inReader)),
  control: withoutTable(foreignTalks),
};

/** Its control trades in the box under attack: to be made while that has no taint. */
export const firstAttacks: readonly Attack[] = [d5];
export const venueSocketAttacks: readonly Attack[] = [c2, d6];
