// A sidecar whose OKX account trades on a paper exchange outside of it, with faults on the way: the exchange outlives the sidecar.
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OrderEvent } from '../../src/audit/order-events.js';
import { readJournal } from '../../src/audit/verify.js';
import { systemClock } from '../../src/core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../src/core/http.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import { FaultyExchange } from '../../src/paper/fault-injection.js';
import type { InjectedFault } from '../../src/paper/fault-rules.js';
import { type Served, startPaperServer } from '../../src/paper/server.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import type { Settings } from '../../src/sidecar/settings.js';
import type { StartOptions } from '../../src/sidecar/start.js';
import { okx } from '../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from './okx-client.js';
import { exchange, rule, type SettingsPatch, startTestBox, type TestBox, tlsClient } from './sidecar-box.js';
import { asReal, makeDecoys } from './venue-requests.js';

export const account = 'okx-demo';

/**
 * What goes wrong with one request; beside the paper exchange's own faults it may tell of a filled order as if only a part were, or
 * nothing, or cut it off and take it only two seconds later.
 */
export type Fault = InjectedFault | 'half-filled' | 'unfilled' | 'late';
const lateMs = 2_000;

export interface OrderBox {
  box: TestBox;
  /** What the agent signs with. */
  decoys: Readonly<Record<string, string>>;
  /** Faults for the next requests whose method and path, e.g. `POST /api/v5/trade/order`, hold the text. */
  fail(pathPart: string, fault: Fault, times?: number): void;
  /** Multiplies the prices that the exchange tells from now on. */
  rise(factor: number): void;
  /** The exchange's clock stands from now on, and with it the price. It takes nothing signed more than half a minute later. */
  holdPrices(): void;
  /** Requests that the exchange took, e.g. `POST trade/order`, or that it refused as one too many. */
  taken: string[];
  /** Asks the exchange itself, past the sidecar. */
  atVenue(target: string): Record<string, string>[];
  /** Somebody else's request with the same key, past the sidecar. */
  elsewhere(target: string, body: unknown): Record<string, string>[];
  /** An agent's request through the sidecar, and the JSON that came back. */
  agent(method: string, target: string, body?: unknown): Promise<Answered>;
  /** The same without waiting: the socket can be ended by the caller. */
  agentSocket(method: string, target: string, body?: unknown): ReturnType<typeof tlsClient>;
  place(more?: Record<string, string>): Promise<Answered>;
  /** The account's journal. */
  events(): OrderEvent[];
  /** Ends the sidecar and starts another one over the same account and exchange; `between` happens while there is none. */
  restart(between?: () => void): Promise<void>;
  stop(): Promise<void>;
}

/** As real clients dial them, by CONNECT. */
const namedHosts = okx.hosts.map(({ host, ports }) => ({
  ...rule(host, 443, { venue: 'okx' }),
  ports: [...ports],
}));
const place = { address: '127.0.0.1', servername: okxHost };

export interface Answered {
  status: number;
  body: { code: string; msg: string; data: Record<string, string>[] };
}

/** What the agent's client calls itself. */
export const userAgent = 'desk-client/1.2';

export const limitOrder = {
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '0.001',
  px: '50000',
};

export async function startOrderBox(
  patch: Partial<
    Pick<Settings, 'mode' | 'approval' | 'taint' | 'guardrails' | 'loosened' | 'liveSteps' | 'approvers'>
  > &
    SettingsPatch = {},
  options: Partial<StartOptions> = {},
  /** What the exchange says its key may do, instead of reading and trading. */
  permissions?: string,
  /** What the account is set up as; its key is a demo key. */
  environment: 'demo' | 'live' = 'demo',
): Promise<OrderBox> {
  const real = makeDecoys(okx);
  const decoys = makeDecoys(okx);
  const accountsDir = mkdtempSync(path.join(tmpdir(), 'tradebox-orders-'));
  let heldMs: number | undefined;
  const paper = createPaperExchange({
    seed: 'orders',
    credentials: [{ venue: 'okx', id: account, secrets: asReal(real) }],
    clock: { nowMs: () => heldMs ?? systemClock.nowMs() },
  });
  const untold: { pathPart: string; share: number }[] = [];
  const late: { pathPart: string; timer?: NodeJS.Timeout }[] = [];
  const taken: string[] = [];
  let factor = 1;
  const faulty = new FaultyExchange({
    handle(request, disorder) {
      taken.push(nameOf(request));
      const answer = permitted(paper.handle(request, disorder), permissions);
      const at = untold.findIndex(({ pathPart }) => `${request.method} ${request.path}`.includes(pathPart));
      const [found] = at < 0 ? [] : untold.splice(at, 1);
      if (found !== undefined) return filledInPart(answer, found.share);
      return factor === 1 || !request.path.endsWith('market/ticker') ? answer : dearer(answer, factor);
    },
    openSocket: (place) => paper.openSocket(place),
  });
  const served: Served = {
    handle(request) {
      const found = late.find(
        ({ pathPart, timer }) => timer === undefined && request.path.endsWith(pathPart),
      );
      if (found !== undefined) {
        found.timer = setTimeout(() => paper.handle(request), lateMs);
        throw new Error('cut');
      }
      const answer = faulty.handle(request);
      if ('status' in answer && answer.status === 429) taken.push(nameOf(request));
      return answer;
    },
    openSocket: (place) => faulty.openSocket(place),
  };
  const authority = createAuthority({ clock: systemClock });
  const server = await startPaperServer({ exchange: served, tls: authority.leafFor(okxHost) });
  const start = (): Promise<TestBox> =>
    startTestBox(
      ({ tls }) => ({
        mode: 'demo',
        accountsDir,
        policy: { rules: [rule(okxHost, tls, { venue: 'okx' }), ...namedHosts] },
        credentials: [{ kind: 'venue', id: account, venue: 'okx', environment, secrets: real, decoys }],
        ...patch,
      }),
      {
        ...options,
        routes: [
          ...okx.hosts.map(({ host }) => ({ host, ...place, port: server.port, ca: authority.caPem })),
          ...(options.routes ?? []),
        ],
      },
    );
  const written = (method: string, target: string, body?: unknown): string =>
    okxRequest(
      method,
      `/api/v5/${target}`,
      body === undefined ? '' : JSON.stringify(body),
      decoys,
      `User-Agent: ${userAgent}\r\n`,
    );
  const agent = async (method: string, target: string, body?: unknown): Promise<Answered> => {
    const text = await exchange(made.box, okxHost, written(method, target, body));
    const [head = '', json = ''] = text.split('\r\n\r\n');
    return {
      status: Number(head.split(' ')[1]),
      body: json.startsWith('{') ? JSON.parse(json) : { code: '', msg: json, data: [] },
    };
  };
  const direct = (method: 'GET' | 'POST', target: string, text = ''): Record<string, string>[] => {
    const [name = '', query = ''] = `/api/v5/${target}`.split('?');
    const stamp = new Date().toISOString();
    const full = query === '' ? name : `${name}?${query}`;
    const sign = createHmac('sha256', real.secretKey ?? '')
      .update(`${stamp}${method}${full}${text}`)
      .digest('base64');
    const answer = paper.handle({
      method,
      host: okxHost,
      port: 443,
      path: name,
      query,
      headers: [
        ['OK-ACCESS-KEY', real.apiKey ?? ''],
        ['OK-ACCESS-SIGN', sign],
        ['OK-ACCESS-TIMESTAMP', stamp],
        ['OK-ACCESS-PASSPHRASE', real.passphrase ?? ''],
        ['x-simulated-trading', '1'],
        ['content-type', 'application/json'],
      ],
      body: Buffer.from(text),
    });
    return JSON.parse(answer.body.toString()).data;
  };
  const made: OrderBox = {
    box: await start().catch(async (error: unknown) => {
      await server.close();
      rmSync(accountsDir, { recursive: true, force: true });
      throw error;
    }),
    decoys,
    taken,
    rise: (by) => {
      factor = by;
    },
    holdPrices: () => {
      heldMs = systemClock.nowMs();
    },
    fail: (pathPart, fault, times = 1) => {
      if (fault === 'late') {
        late.push({ pathPart });
        return;
      }
      if (fault !== 'half-filled' && fault !== 'unfilled') {
        faulty.add({ when: [pathPart], fault, times });
        return;
      }
      for (let count = 0; count < times; count += 1)
        untold.push({ pathPart, share: fault === 'unfilled' ? 0 : 0.5 });
    },
    atVenue: (target) => direct('GET', target),
    elsewhere: (target, body) => direct('POST', target, JSON.stringify(body)),
    agent,
    async agentSocket(method, target, body) {
      const client = await tlsClient(made.box, okxHost);
      client.write(written(method, target, body));
      return client;
    },
    place: (more = {}) => agent('POST', 'trade/order', { ...limitOrder, ...more }),
    events: () => [...readJournal(path.join(accountsDir, account))].map(({ event }) => event as OrderEvent),
    async restart(between) {
      await made.box.stop();
      between?.();
      made.box = await start();
    },
    async stop() {
      for (const { timer } of late) clearTimeout(timer);
      await made.box.stop();
      await server.close();
      rmSync(accountsDir, { recursive: true, force: true });
    },
  };
  return made;
}

const nameOf = ({ method, path: target }: HttpRequest): string =>
  `${method} ${target.replace('/api/v5/', '')}`;

function filledInPart(answer: HttpAnswer, share: number): HttpAnswer {
  const told = JSON.parse(answer.body.toString());
  for (const row of told.data) {
    row.accFillSz = String(Number(row.accFillSz) * share);
    row.fee = String(Number(row.fee) * share);
    row.state = share === 0 ? 'live' : 'partially_filled';
    if (share === 0) row.avgPx = '';
  }
  return jsonAnswer(200, told);
}

function dearer(answer: HttpAnswer, factor: number): HttpAnswer {
  const told = JSON.parse(answer.body.toString());
  for (const row of told.data) {
    for (const name of ['last', 'askPx', 'bidPx']) row[name] = (Number(row[name]) * factor).toFixed(1);
  }
  return jsonAnswer(200, told);
}

function permitted(answer: HttpAnswer, permissions: string | undefined): HttpAnswer {
  if (permissions === undefined) return answer;
  const text = answer.body.toString().replace('"perm":"read_only,trade"', `"perm":"${permissions}"`);
  return { ...answer, body: Buffer.from(text) };
}
