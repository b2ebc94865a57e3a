// Puts the sidecar together from its settings: the composition root of the second program.
import { randomBytes } from 'node:crypto';
import type { JournalHead, StartedRules } from '../audit/events.js';
import { type Journal, openJournal } from '../audit/journal.js';
import type { Clock } from '../core/clock.js';
import type { Guardrails } from '../guard/guardrails.js';
import { ProposalBook } from '../orders/proposal-book.js';
import { findVenue, venues } from '../venues/venues.js';
import { createAlerts } from './alerts/alerts.js';
import type { OutboxLimits } from './alerts/outbox.js';
import { createAuthority } from './authority.js';
import { CanaryWatch } from './canary-watch.js';
import { createCredentialBook, secretPatterns } from './credentials.js';
import { DecoySearch } from './decoy-search.js';
import { DenialLog } from './denial-log.js';
import { startDns } from './dns.js';
import { compilePolicy } from './egress-policy.js';
import { type BodyLimits, defaultBodyLimits } from './http1/body-limits.js';
import { type ClientLimits, defaultClientLimits } from './http1/client-connection.js';
import { windowBudgetBytes } from './http1/coding.js';
import { defaultFlightLimits, type FlightLimits } from './http1/flight-limits.js';
import { quietly } from './http1/record.js';
import { type IngressEnvironment, Watch } from './listeners/ingress.js';
import { createMarketSource } from './market-source.js';
import { createAgentServer } from './mcp/agent-server.js';
import { isEvidence, proposingTools } from './mcp/proposing-tools.js';
import { readingTools } from './mcp/reading-tools.js';
import { NonceTurns } from './nonce-turns.js';
import { openObserved } from './observed-journal.js';
import { FetchLog } from './orders/fetch-log.js';
import { rulesRecord } from './orders/guardrails-reload.js';
import { openOrders } from './orders/open-orders.js';
import { createPolicyReload, policyDigest } from './policy-reload.js';
import { RateLimits } from './rate-limits.js';
import { rawProtocolOf } from './raw-protocols.js';
import { RequestRates } from './request-rates.js';
import { createResolver, type Resolve } from './resolver.js';
import { createRotation } from './rotation.js';
import { openRoutes } from './routes.js';
import { Scrubber } from './scrub.js';
import { SecretFinder } from './secret-finder.js';
import { startIngress } from './server.js';
import { SessionTokens } from './session-tokens.js';
import { internalHosts, type Settings } from './settings.js';
import { checkSettings } from './settings-check.js';
import type { World } from './stage.js';
import { type SidecarState, Tally } from './state.js';
import { createUpstream, type UpstreamRoute } from './upstream.js';
import { defaultSocketLimits, type SocketLimits } from './websocket/socket-limits.js';

export interface StartOptions {
  clock: Clock;
  clientLimits?: Partial<ClientLimits>;
  flightLimits?: Partial<FlightLimits>;
  bodyLimits?: Partial<BodyLimits>;
  socketLimits?: Partial<SocketLimits>;
  /** Stands in for the system's resolver. */
  resolve?: Resolve;
  /** Upstreams at fixed addresses besides those of the settings. */
  routes?: readonly UpstreamRoute[];
  /** The same for the real market that `shadow` reads. */
  marketRoutes?: readonly UpstreamRoute[];
  /** Stands in for the journal on disk. */
  openJournal?: typeof openJournal;
  alertLimits?: Partial<OutboxLimits>;
  /** Between two looks at accounts for alerts, milliseconds. */
  accountWatchMs?: number;
  /** How often deadlines are looked at, in milliseconds. */
  watchIntervalMs?: number;
}

export interface Sidecar {
  state: SidecarState;
  /** The box's certificate authority, PEM. */
  caPem: string;
  /** What the operator must be told of the accounts' keys. */
  warnings: readonly string[];
  head: JournalHead;
  journal: Journal;
  /** Resolves when the sidecar has shut down. */
  stopped: Promise<void>;
  /** Makes the certificates of the policy's hosts ahead: for when nobody waits any more. */
  warmUp(): void;
  /** What the keys of real money may do, journaled, where no order was to wait for it. @throws what the journal throws. */
  checkIdleKeys(): Promise<void>;
}

/** Bytes that all bodies being collected may take together. */
const bodyBudgetBytes = 64 * 1_048_576;

/** Venues count questions, too. */
const defaultAccountWatchMs = 60_000;

/** @throws TradeboxError, or whatever a part throws; nothing is left listening then. */
export async function startSidecar(settings: Settings, options: StartOptions): Promise<Sidecar> {
  checkSettings(settings, venues);
  const { clock, resolve = createResolver({ hostServers: settings.nameServers }) } = options;
  const socketLimits = { ...defaultSocketLimits, ...options.socketLimits };
  const policy = compilePolicy(settings.policy.rules);
  const tally = new Tally(clock, settings.taint);
  const fetches = new FetchLog();
  const proposals = new ProposalBook(() => clock.nowMs());
  const journal = openObserved(
    settings,
    observedBy(tally, fetches),
    clock,
    options.openJournal ?? openJournal,
  );
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const authority = createAuthority({ clock });
    const credentials = createCredentialBook(settings.credentials, settings);
    const decoys = new DecoySearch(credentials);
    const secrets = new SecretFinder(secretPatterns(credentials));
    const openMarket = () => {
      // Of its own: by the other one, the venues' hosts lead to the paper exchange.
      const market = createUpstream({
        routes: options.marketRoutes ?? [],
        resolve,
      });
      closers.push(() => market.close());
      return createMarketSource({ upstream: market, venueOf: findVenue, nowMs: () => clock.nowMs() });
    };
    const routes = await openRoutes(settings, { clock, credentials, closers, openMarket });
    const upstream = createUpstream({
      routes: [...routes, ...(options.routes ?? [])],
      resolve,
    });
    closers.push(() => upstream.close());
    const rates = new RequestRates();
    const nonceTurns = new NonceTurns();
    const world: World = {
      mode: settings.mode,
      paper: settings.paper !== undefined,
      policy,
      credentials,
      decoys,
      venueOf: venueIndex(),
      clock,
      nextNonce: (id) => tally.nextNonce(id),
      takeNonceTurn: (id, begin) => nonceTurns.take(id, begin),
      isTainted: () => tally.isTainted,
      sessionTokens: new SessionTokens(),
      rateLimits: new RateLimits(
        () => clock.nowMs(),
        (event) => quietly(() => journal.append(event)),
      ),
      ...(settings.canary === undefined ? {} : { canary: watchCanary(settings.canary, tally, journal) }),
      takeRequest: (rule) => rates.take(rule, clock.nowMs()),
    };
    const alerts = createAlerts({
      settings,
      // Of its own, without pinned addresses: an alert never goes to a private one.
      upstream: createUpstream({
        routes: options.routes ?? [],
        resolve,
      }),
      journal,
      nowMs: () => clock.nowMs(),
      limits: options.alertLimits ?? {},
    });
    closers.push(() => alerts.close());
    tally.onTaint = (message) => alerts.taint(message);
    const orders = openOrders({
      settings,
      world,
      tally,
      upstream,
      clock,
      journal,
      proposals,
      alerts,
      secrets,
      watchMs: options.accountWatchMs ?? defaultAccountWatchMs,
    });
    closers.push(() => orders.close());
    const denials = new DenialLog((event) => quietly(() => journal.append(event)));
    closers.push(() => denials.flush(clock.nowMs()));
    const env: IngressEnvironment = {
      journal,
      upstream,
      world,
      tally,
      authority,
      denials,
      newMasker: () => new Scrubber(secrets.matcher),
      isClean: (bytes) => secrets.matcher.find(bytes) === undefined,
      secretStart: (bytes) => secrets.matcher.partialFrom(bytes),
      newDecoyMasker: () => decoys.newMasker(),
      newSpellingMasker: () => decoys.newSpellingMasker(),
      isCitable: (host) => isEvidence(orders.guardrails(), host),
      nextRequestId: requestIds(),
      bodyBudget: { leftBytes: bodyBudgetBytes },
      windowBudget: { leftBytes: windowBudgetBytes },
      bodyLimits: { ...defaultBodyLimits, ...options.bodyLimits },
      clientLimits: { ...defaultClientLimits, ...options.clientLimits },
      flightLimits: { ...defaultFlightLimits, ...options.flightLimits },
      socketLimits,
      socketBudget: { leftBytes: socketLimits.maxHeldBytes },
      watch: new Watch(options.watchIntervalMs),
      about: { sandbox: settings.sandbox.name, mode: settings.mode },
      agentView: orders.agentView,
      agentServer: createAgentServer([
        ...readingTools({
          about: { sandbox: settings.sandbox.name, mode: settings.mode, paper: settings.paper !== undefined },
          view: orders.agentView,
        }),
        ...proposingTools({
          fetches,
          proposals,
          guardrails: () => orders.guardrails(),
          nowMs: () => clock.nowMs(),
        }),
      ]),
    };
    const warnings = await orders.checkKeys();
    const { address, dnsPort } = settings.network;
    const dns = await startDns({
      address,
      port: dnsPort,
      isAllowed: (name) => name === internalHosts.api || world.policy.allowsHost(name),
      onDenied: (name, queryType) => {
        const code = rawProtocolOf(name) === undefined ? 'HOST_DENIED' : 'PROTOCOL_UNSUPPORTED';
        denials.record({ type: 'dns.denied', name, queryType, code }, clock.nowMs());
      },
    });
    closers.push(() => dns.close());
    const ingress = await startIngress(env, settings.network);
    closers.push(() => ingress.close());
    journal.append({
      type: 'sidecar.started',
      mode: settings.mode,
      paper: settings.paper !== undefined,
      policyDigest: policyDigest(settings.policy),
      accounts: settings.credentials.flatMap((one) =>
        one.kind === 'venue' ? [{ id: one.id, venue: one.venue, environment: one.environment }] : [],
      ),
      ...(settings.mode === 'readonly' ? {} : { guardrails: startedRules(settings, orders.guardrails()) }),
      ...(settings.overrides === undefined ? {} : { overrides: settings.overrides }),
    });
    const inForce = { settings, venues, world, journal, watch: env.watch, upstream };
    const reload = { ...createPolicyReload(inForce), ...createRotation({ ...inForce, secrets }) };
    const parts = { settings, journal, tally, caPem: authority.caPem, warnings, closeAll, reload };
    const warmUp = () => prepareCertificates(authority, settings);
    const { control, checkIdleKeys } = orders;
    return { ...finishedSidecar({ ...parts, orders: control }), warmUp, checkIdleKeys };
  } catch (error) {
    await closeAll();
    await journal.close();
    throw error;
  }
}

function finishedSidecar(parts: {
  settings: Settings;
  journal: Journal;
  tally: Tally;
  caPem: string;
  warnings: readonly string[];
  closeAll(): Promise<void>;
  reload: Pick<SidecarState, 'loadPolicy' | 'rejectPolicy' | 'rotate'>;
  orders: SidecarState['orders'];
}): Omit<Sidecar, 'warmUp' | 'checkIdleKeys'> {
  const { journal, tally, caPem, warnings } = parts;
  const { sandbox, mode, paper, nameServers } = parts.settings;
  const shown = { sandbox, mode, paper, nameServers };
  let whenStopped = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    whenStopped = resolve;
  });
  let stopping: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    await parts.closeAll();
    quietly(() => journal.append({ type: 'sidecar.stopped', reason: reason.slice(0, 200) }));
    await journal.close();
    whenStopped();
  };
  const state: SidecarState = {
    ...parts.reload,
    orders: parts.orders,
    status: () => tally.status(shown, caPem, journal),
    noteEvidence(cause, message) {
      if (!isKnown(tally, cause, message)) journal.append({ type: 'taint', cause, message });
    },
    shutdown(reason) {
      stopping ??= stop(reason);
      return stopping;
    },
  };
  return { state, caPem, warnings, head: journal.head(), journal, stopped };
}

const canaryRead = 'the text of the canary file was read: it stands in what a model is sent';

function watchCanary(token: string, tally: Tally, journal: Pick<Journal, 'append'>): CanaryWatch {
  return new CanaryWatch(token, isKnown(tally, 'canary', canaryRead), (request) =>
    quietly(() => journal.append({ type: 'taint', cause: 'canary', message: canaryRead, request })),
  );
}

function isKnown({ taint }: Tally, cause: string, message: string): boolean {
  return taint.evidence.some((one) => one.cause === cause && one.message === message);
}

/** Both folds see each record. */
function observedBy(tally: Tally, fetches: FetchLog): Pick<Tally, 'observe' | 'taint' | 'continueAfter'> {
  return {
    observe(record) {
      tally.observe(record);
      fetches.observe(record);
    },
    continueAfter: (at) => tally.continueAfter(at),
    get taint() {
      return tally.taint;
    },
  };
}

function startedRules({ loosened }: Settings, guardrails: Guardrails | undefined): StartedRules {
  const { limits = [], by } = loosened ?? {};
  return { ...rulesRecord(guardrails), loosened: limits, ...(by === undefined ? {} : { by }) };
}

function venueIndex(): World['venueOf'] {
  const byHost = new Map(venues.flatMap((venue) => venue.hosts.map(({ host }) => [host, venue] as const)));
  return (host) => byHost.get(host);
}

/** Ids that tell neither time nor anything else; unique within a box for longer than it lives. */
function requestIds(): () => string {
  const prefix = randomBytes(4).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

function prepareCertificates(authority: ReturnType<typeof createAuthority>, settings: Settings): void {
  const hosts = settings.policy.rules.map(({ host }) => host).filter((host) => !host.startsWith('*.'));
  authority.prepare([settings.echo.host, ...hosts]).catch(() => {
    // They are made when they are asked for.
  });
}
