// A sidecar in `propose` whose account of any venue trades on that venue's paper dialect, with faults on the way.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readJournal } from '../../src/audit/verify.js';
import { type Clock, systemClock } from '../../src/core/clock.js';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../src/core/http.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import { FaultyExchange } from '../../src/paper/fault-injection.js';
import type { InjectedFault } from '../../src/paper/fault-rules.js';
import { type Served, startPaperServer } from '../../src/paper/server.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import type { VenueAdmin, VenueCall } from '../../src/venues/admin.js';
import type { SignedRequest } from '../../src/venues/venue.js';
import { type Http2Answer, h2Fetch, h2Session } from './http2-client.js';
import { exchange, rule, type SettingsPatch, startTestBox } from './sidecar-box.js';
import type { VenueCase } from './venue-cases.js';
import { asReal, makeDecoys, stampAt } from './venue-requests.js';

const notPermitted = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };

/** Asks a paper exchange as the sidecar does: signed by the leaf, read by the call, on to what follows. */
export function venueDesk(one: VenueCase, clock: Clock = systemClock, seed = randomBytes(4).toString('hex')) {
  const real = asReal(makeDecoys(one.venue));
  const paper = createPaperExchange({
    seed,
    credentials: [{ venue: one.venue.id, id: 'paper', secrets: real }],
    clock,
  });
  let nonce = clock.nowMs();
  const send = (request: HttpRequest, isPublic = false, more: { isOwn?: true } = {}): HttpAnswer => {
    const stamp = { ...stampAt(clock.nowMs(), 'paper'), nonce: BigInt(++nonce), ...more };
    const signed = one.venue.sign(request, isPublic ? undefined : real, stamp);
    return paper.handle({ ...request, ...signed });
  };
  const ask = <T>(call: VenueCall<T>): T | undefined => {
    const answer = send(call.request, call.isPublic, { isOwn: true });
    const value = call.read({ ...answer, date: headerOf(answer.headers, 'date') });
    const next = value === undefined ? undefined : call.follow?.(value);
    return next === undefined ? value : ask(next);
  };
  return { ask, send, admin: one.venue.admin as VenueAdmin };
}

export interface AgentOptions {
  /** What the client's clock shows. */
  nowMs?: number;
  alter?(signed: SignedRequest): SignedRequest;
}

/** Starts the exchange and a sidecar in `propose`, or one that holds an exchange of its own where the patch has `paper`; `agent` signs with the decoys, as a client in the box does. */
export async function startVenueOrderBox(one: VenueCase, patch: SettingsPatch = {}) {
  const { venue, hosts } = one;
  const real = makeDecoys(venue);
  const decoys = makeDecoys(venue);
  const accountsDir = mkdtempSync(path.join(tmpdir(), 'tradebox-orders-'));
  const paper = createPaperExchange({
    seed: 'orders',
    credentials: [{ venue: venue.id, id: 'paper', secrets: asReal(real) }],
    clock: systemClock,
  });
  // Only a box whose sidecar holds the exchange itself has paper accounts; else the exchange here stands where the venue does.
  const [first] = venue.hosts.filter(({ host }) => host === hosts[0]);
  const isLive = first?.environments.includes('live') === true;
  const isOnPaper = patch.paper !== undefined;
  const environment = isOnPaper ? 'paper' : (one.environment ?? (isLive ? 'live' : 'demo'));
  const orderPath = one.order().path;
  /** Of the next orders. */
  const faults: InjectedFault[] = [];
  const placed: HttpRequest[] = [];
  const taken: HttpRequest[] = [];
  const faulty = new FaultyExchange({
    handle: (request) => one.answers?.(request) ?? paper.handle(request),
    openSocket: () => undefined,
  });
  const handle: Served['handle'] = (request) => {
    if (one.closed?.test(request.path)) return jsonAnswer(401, notPermitted);
    // Hyperliquid's actions share a path, the dead-man switch among them.
    const isOrder =
      request.method === 'POST' && request.path === orderPath && !request.body.includes('"scheduleCancel"');
    taken.push(request);
    if (isOrder) placed.push(request);
    return faulty.answer(request, isOrder ? faults.shift() : undefined);
  };
  const authority = createAuthority({ clock: systemClock });
  const servers = await Promise.all(
    hosts.map((host) => startPaperServer({ exchange: { handle }, tls: authority.leafFor(host) })),
  );
  const box = await startTestBox(
    ({ tls }) => ({
      mode: 'propose',
      approval: { holdMs: 30 },
      reflexes: { duplicateMs: 0 },
      accountsDir,
      policy: { rules: hosts.map((host) => rule(host, tls, { venue: venue.id })) },
      credentials: [{ kind: 'venue', id: 'paper', venue: venue.id, environment, secrets: real, decoys }],
      ...patch,
    }),
    {
      routes: (isOnPaper ? [] : hosts).map((host, index) => ({
        host,
        address: '127.0.0.1',
        port: servers[index]?.port ?? 0,
        ca: authority.caPem,
      })),
    },
  );
  let nonce = Date.now();
  const signedAt = (request: HttpRequest, nowMs: number): SignedRequest => {
    nonce += 1;
    const stamp = { ...stampAt(nowMs, environment), nonce: BigInt(nonce) + BigInt(nowMs - Date.now()) };
    return venue.sign(request, asReal(decoys), stamp);
  };
  const targetOf = ({ path, query }: SignedRequest) => (query === '' ? path : `${path}?${query}`);
  return {
    control: box.sidecar.state.orders,
    faults,
    placed,
    /** All that came to the venue. */
    taken,
    events: () => box.events(),
    restart: (clock: Clock) => box.restart(clock),
    /** The account's journal. */
    accountEvents: () => [...readJournal(path.join(accountsDir, 'paper'))].map(({ event }) => event),
    /** The whole answer to the request; `alter` changes what was signed, as something on the way might. */
    agent(
      request: HttpRequest,
      { nowMs = Date.now(), alter = (signed) => signed }: AgentOptions = {},
    ): Promise<string> {
      const signed = alter(signedAt(request, nowMs));
      const fields = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const length = signed.body.length === 0 ? '' : `content-length: ${signed.body.length}\r\n`;
      const head = `${signed.method} ${targetOf(signed)} HTTP/1.1\r\nhost: ${request.host}\r\n${fields}${length}\r\n`;
      return exchange(box, request.host, Buffer.concat([Buffer.from(head), signed.body]));
    },
    /** The answers to so many of the request, so many of them at once: over HTTP/2, a hundred on a connection. */
    async agents(request: HttpRequest, count: number, atOnce = count): Promise<Http2Answer[]> {
      const sessions = await Promise.all(
        Array.from({ length: Math.ceil(atOnce / 100) }, () => h2Session(box, request.host)),
      );
      const ask = (_: unknown, index: number): Promise<Http2Answer> => {
        const signed = signedAt(request, Date.now());
        const target = { ':method': signed.method, ':path': targetOf(signed), ':authority': request.host };
        const fields = signed.headers.map(([name, value]) => [name.toLowerCase(), value]);
        const session = sessions[index % sessions.length] as (typeof sessions)[number];
        const body = signed.body.length === 0 ? undefined : signed.body;
        return h2Fetch(session, { ...target, ...Object.fromEntries(fields) }, body);
      };
      const answers: Http2Answer[] = [];
      while (answers.length < count)
        answers.push(...(await Promise.all(Array.from({ length: atOnce }, ask))));
      for (const session of sessions) session.destroy();
      return answers;
    },
    async stop() {
      await box.stop();
      for (const server of servers) await server.close();
      rmSync(accountsDir, { recursive: true, force: true });
    },
  };
}
