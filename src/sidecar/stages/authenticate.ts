// Stage 6: the client's own signature must be made with this box's decoy over the bytes on the wire (S5, ATTACKS C2).
import type { VenueCredential } from '../credentials.js';
import { type Denial, denial, type Exchange, type Stage, type World } from '../stage.js';

export const authenticate: Stage = {
  name: 'authenticate',
  run(exchange, world): Denial | undefined {
    const { venue, request, classification } = exchange;
    if (venue === undefined || request === undefined || classification === undefined) return undefined;
    const rule = `${venue.id}: authentication`;
    const credentials = world.credentials.venueCredentials(venue.id);
    const outcome = tryCredentials(exchange, credentials);
    if (outcome.kind === 'invalid') {
      return { ...denial('SIGNATURE_FORGED', outcome.reason, rule), taint: 'forged-signature' };
    }
    if (outcome.kind === 'none' && !classification.isPublic) {
      return denial('CREDENTIAL_MISSING', 'a private operation came without the decoy signature', rule);
    }
    if (!classification.isPublic) exchange.credential = outcome.credential;
    exchange.environment = (outcome.credential ?? credentials[0])?.environment ?? unboundEnvironment(world);
    return environmentProblem(exchange, world, rule);
  },
};

/** The last part of `authenticate` alone: for messages whose credential is known from their connection. */
export const environment: Stage = {
  name: 'environment',
  run: (exchange, world) => environmentProblem(exchange, world, `${exchange.venue?.id}: authentication`),
};

type Outcome =
  | { kind: 'none'; credential?: undefined }
  | { kind: 'valid'; credential: VenueCredential }
  | { kind: 'invalid'; credential?: undefined; reason: string };

function tryCredentials({ venue, request }: Exchange, credentials: readonly VenueCredential[]): Outcome {
  if (venue === undefined || request === undefined) return { kind: 'none' };
  let outcome: Outcome = { kind: 'none' };
  for (const credential of credentials) {
    const result = venue.authenticate(request, credential.decoys);
    const isProven = result.kind === 'valid' || venue.gateway?.accepts(request, credential.real) === true;
    if (isProven) return { kind: 'valid', credential };
    if (result.kind === 'invalid') outcome = result;
  }
  if (credentials.length > 0) return outcome;
  // Without a credential for the venue any signature is somebody else's.
  const result = venue.authenticate(request, {});
  return result.kind === 'none'
    ? outcome
    : { kind: 'invalid', reason: 'this box holds no credential of the venue' };
}

/** What a box without a credential of the venue speaks with. */
export function unboundEnvironment(world: World): 'paper' | 'demo' | 'live' {
  if (world.paper) return 'paper';
  return world.mode === 'demo' ? 'demo' : 'live';
}

/** D9: a live key never signs for a demo host, nor the reverse; orders leave `demo` mode with play money only. */
function environmentProblem(exchange: Exchange, world: World, rule: string): Denial | undefined {
  const { environment, classification } = exchange;
  const place = exchange.venue?.hosts.find(({ host }) => host === exchange.host);
  if (environment === undefined || !place?.environments.includes(environment)) {
    return denial(
      'ENVIRONMENT_MISMATCH',
      `this host does not serve the ${environment ?? 'unknown'} environment`,
      rule,
    );
  }
  const mayMoveMoney = (world.mode === 'propose' || world.mode === 'live') && world.gate !== undefined;
  if (classification?.class !== 'read' && environment === 'live' && !mayMoveMoney) {
    return denial('LIVE_CREDENTIAL', `live credentials sign reads only in mode ${world.mode}`, rule);
  }
  return undefined;
}
