// A box with an API host, an LLM host and OKX before one scriptable upstream: what relay and flight are attacked through.
import { randomBytes } from 'node:crypto';
import { openJournal } from '../../src/audit/journal.js';
import type { Settings } from '../../src/sidecar/settings.js';
import type { StartOptions } from '../../src/sidecar/start.js';
import { okx } from '../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from './okx-client.js';
import {
  answer,
  rule,
  type SettingsPatch,
  startTestBox,
  startTestUpstream,
  type TestBox,
  type TestUpstream,
} from './sidecar-box.js';
import { makeDecoys } from './venue-requests.js';

export const host = 'api.example.test';
export const llmHost = 'llm.example.test';
/** Open, and no credential is its. */
export const openHost = 'open.example.test';
export const random = (prefix: string) => `${prefix}-${randomBytes(12).toString('hex')}`;
export const secret = random('api-real');
export const decoy = random('api-decoy');
export const llmSecret = random('llm-real');
export const llmDecoy = random('llm-decoy');
export const real = makeDecoys(okx);
export const okxDecoys = makeDecoys(okx);

export type Serve = Parameters<typeof startTestUpstream>[1];

/** What a test opened, in order; `closeAll` ends it. */
const open: (() => Promise<void>)[] = [];

/** What a box holds besides its account: the key of a service, and that of a model. */
export const plainCredentials: Settings['credentials'] = [
  {
    kind: 'plain',
    id: 'api',
    hosts: [host],
    placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
    secret,
    decoy,
    isLlm: false,
  },
  {
    kind: 'plain',
    id: 'llm',
    hosts: [llmHost],
    placement: { in: 'header', name: 'x-api-key', prefix: '' },
    secret: llmSecret,
    decoy: llmDecoy,
    isLlm: true,
  },
];

/** Ends what `setUp` started; for afterEach. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

/** A box with an API host, an LLM host and OKX, all led to one upstream. */
export async function setUp(
  serve: Serve,
  options: Partial<StartOptions> = {},
  patch: SettingsPatch = {},
): Promise<{ box: TestBox; upstream: TestUpstream }> {
  const upstream = await startTestUpstream(host, serve);
  open.push(() => upstream.close());
  const place = { address: '127.0.0.1', port: upstream.port, ca: upstream.ca, servername: host };
  const box = await startTestBox(
    ({ tls }) => ({
      policy: {
        rules: [
          rule(host, tls, { paths: ['/v1/**'] }),
          rule(llmHost, tls),
          rule(okxHost, tls, { venue: 'okx' }),
          rule('lies.example.test', tls),
          rule(openHost, tls),
        ],
      },
      credentials: [
        ...plainCredentials,
        {
          kind: 'venue',
          id: 'okx-demo',
          venue: 'okx',
          environment: 'demo',
          secrets: real,
          decoys: okxDecoys,
        },
      ],
      ...patch,
    }),
    { routes: [host, llmHost, okxHost, openHost].map((name) => ({ host: name, ...place })), ...options },
  );
  open.push(() => box.stop());
  return { box, upstream };
}

/** What OKX lists, as an answer tells it. */
export const listedInstruments = JSON.stringify({ code: '0', msg: '', data: [{ instId: 'BTC-USDT' }] });

/** Tells what OKX lists, without which no order leaves in `demo`, and serves the rest as told. */
export const listing =
  (serve: Serve): Serve =>
  (peer, head) =>
    head.startsWith('GET /api/v5/public/instruments?')
      ? peer.socket.write(answer(listedInstruments))
      : serve(peer, head);

export const hello: Serve = (peer) => peer.socket.write(answer('hello'));
export const get = (target = '/v1/x', fields = '', name = host) =>
  `GET ${target} HTTP/1.1\r\nHost: ${name}\r\n${fields}\r\n`;
export const post = (body: string, fields = '', name = host) =>
  `POST /v1/x HTTP/1.1\r\nHost: ${name}\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
export const decidedOf = (box: TestBox) => box.events().filter((event) => event.type === 'request.decided');
export const completedOf = (box: TestBox) =>
  box.events().filter((event) => event.type === 'request.completed');
export const taintsOf = (box: TestBox) => box.events().filter((event) => event.type === 'taint');

/** A journal whose disk answers when told to, and that can be made to fail. */
export function slowJournal() {
  const control = { release: () => {}, fails: false, failsToFlush: false, holds: false };
  const openSlow: typeof openJournal = (dir, options) => {
    const journal = openJournal(dir, options);
    return {
      append(event) {
        if (control.fails && event.type.startsWith('request.')) throw new Error('disk full');
        return journal.append(event);
      },
      note(event) {
        if (control.fails) throw new Error('disk full');
        return journal.note(event);
      },
      flush() {
        if (control.failsToFlush) throw new Error('disk full');
        journal.flush();
      },
      durable: (seq) =>
        control.holds
          ? new Promise((resolve) => {
              control.release = resolve;
            })
          : journal.durable(seq),
      head: () => journal.head(),
      close: () => journal.close(),
    };
  };
  return { control, options: { openJournal: openSlow } };
}

export const order = JSON.stringify({
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '1',
  px: '100',
});
export const placeOrder = () => okxRequest('POST', '/api/v5/trade/order', order, okxDecoys);

export const quick = {
  watchIntervalMs: 20,
  clientLimits: {
    headMs: 100,
    idleMs: 200,
    bodyIdleMs: 100,
    bodyGraceMs: 150,
    bodyMinRate: 1000,
    stallMs: 200,
    discardMs: 100,
  },
  flightLimits: { answerMs: 150, venueAnswerMs: 150, idleMs: 150 },
};
