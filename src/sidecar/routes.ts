// Upstreams at fixed addresses: the operator's pins and gateways, and what runs inside this process behind an authority of its own.
import type { Clock } from '../core/clock.js';
import { TradeboxError } from '../core/errors.js';
import { createPaperExchange, type PaperExchange } from '../paper/exchange.js';
import { FaultyExchange } from '../paper/fault-injection.js';
import type { FaultRule } from '../paper/fault-rules.js';
import { type Served, startPaperServer } from '../paper/server.js';
import { type AskMarket, createShadowExchange } from '../paper/shadow.js';
import { venues } from '../venues/venues.js';
import { type Authority, createAuthority } from './authority.js';
import type { CredentialBook } from './credentials.js';
import { startEcho } from './echo.js';
import type { Settings } from './settings.js';
import type { UpstreamRoute } from './upstream.js';

/** The name in the paper exchange's certificate; only this process dials it. */
const paperName = 'paper.tradebox.internal';

export interface RouteParts {
  clock: Clock;
  credentials: CredentialBook;
  /** The way to the real market; only `shadow` opens it. */
  openMarket(): AskMarket;
  /** Gets what must be closed when the sidecar ends. */
  closers: (() => Promise<void> | void)[];
}

/** Starts the upstreams that live in this process and says where every fixed upstream is. */
export async function openRoutes(settings: Settings, parts: RouteParts): Promise<UpstreamRoute[]> {
  const inner = createAuthority({ clock: parts.clock, commonName: 'tradebox inner authority' });
  const echo = await startEcho(inner, settings.echo.host);
  parts.closers.push(() => echo.close());
  return [
    ...settings.pins.map(({ host, address, port, ca }) => ({
      host,
      address,
      port,
      ...(ca === undefined ? {} : { ca }),
    })),
    ...gatewayRoutes(parts.credentials),
    { host: settings.echo.host, address: '127.0.0.1', port: echo.port, ca: inner.caPem },
    ...(settings.paper === undefined
      ? []
      : await openPaper(settings.paper, inner, parts, settings.mode === 'shadow')),
  ];
}

/** A venue's hosts lead to the user's own gateway where a credential names one, and then nowhere else. */
function gatewayRoutes(credentials: CredentialBook): UpstreamRoute[] {
  return venues.flatMap(({ id, title, hosts, gateway }) => {
    const all = credentials.venueCredentials(id);
    const [used] = all.filter(({ real }) => gateway?.isUsed(real) === true);
    if (gateway === undefined || used === undefined) return [];
    // All of the venue's hosts lead there: what another account signs would go to a gateway that is not its own.
    if (all.length > 1) {
      throw new TradeboxError('CONFIG_INVALID', `An account behind a gateway of ${title} stands alone.`, {
        remedy: 'Attach one account of that venue to the box.',
      });
    }
    const place = gateway.locate(used.real);
    return hosts.map(({ host }) => ({ host, ...place }));
  });
}

const withFaults = (exchange: PaperExchange, faults: readonly FaultRule[] = []): Served =>
  faults.length === 0 ? exchange : new FaultyExchange(exchange, faults);

/** Sends every host of the paper venues to the embedded exchange: only the settings' `paper` turns this on. */
async function openPaper(
  paper: NonNullable<Settings['paper']>,
  inner: Authority,
  { clock, credentials, closers, openMarket }: RouteParts,
  isShadow: boolean,
): Promise<UpstreamRoute[]> {
  const accounts = paper.venues.flatMap((venue) => credentials.venueCredentials(venue));
  const given = {
    seed: paper.seed,
    credentials: accounts.map(({ venue, id, real }) => ({ venue, id, secrets: real })),
    clock,
  };
  const shadow = isShadow ? createShadowExchange({ ...given, ask: openMarket() }) : undefined;
  closers.push(() => shadow?.close());
  const exchange = shadow ?? withFaults(createPaperExchange(given), paper.faults);
  const server = await startPaperServer({ exchange, tls: inner.leafFor(paperName) });
  closers.push(() => server.close());
  const hosts = venues.filter(({ id }) => paper.venues.includes(id)).flatMap((venue) => venue.hosts);
  const names = new Set(hosts.map(({ host }) => host));
  const place = { address: '127.0.0.1', port: server.port, ca: inner.caPem, servername: paperName };
  return [...names].map((host) => ({ host, ...place }));
}
