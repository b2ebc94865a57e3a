// What the settings must mean beyond their shape. Anything wrong ends the start: fail closed (S11). Messages hold no secret (S2).
import { parseAlertUrl } from '../core/alert-url.js';
import { TradeboxError } from '../core/errors.js';
import { isHunted, shortSecretReason } from '../core/needles.js';
import { guardrailsSchema } from '../guard/guardrails.js';
import { type ApproverPin, keyIdOf, publicKeyOf } from '../orders/approval-signature.js';
import { shadowVenues } from '../paper/spoken-venues.js';
import type { Venue } from '../venues/venue.js';
import { canaryId } from './credentials.js';
import { normaliseHost } from './hosts.js';
import { internalHosts, type PlainCredentialSetting, type Settings } from './settings.js';

/** @throws TradeboxError CONFIG_INVALID naming the credential, pin or rule that cannot stand. */
export function checkSettings(settings: Settings, venues: readonly Venue[]): void {
  const venueHosts = new Set(venues.flatMap(({ hosts }) => hosts.map(({ host }) => host)));
  checkCredentials(settings, venues, venueHosts);
  checkOrders(settings, venues);
  checkApprovers(settings.approvers ?? []);
  for (const [index, { kind, url }] of (settings.alerts ?? []).entries()) {
    const parsed = parseAlertUrl(kind, url);
    if (!parsed.ok) refuse(`The address of alert ${index} ${parsed.problem}.`);
  }
  for (const { host } of settings.pins) {
    if (normaliseHost(host) !== host) refuse(`The pin for ${quote(host)} names no plain host.`);
    // A pinned venue would get signed requests at an address of somebody's choosing (S5).
    if (venueHosts.has(host)) refuse(`The pin for ${host} names a venue's host.`);
    if (host === internalHosts.api || host === settings.echo.host)
      refuse(`The pin for ${host} names an internal host.`);
  }
  for (const { host, venue, origin } of settings.policy.rules) {
    if (venue !== undefined && !venueHosts.has(host))
      refuse(`The rule of ${origin} calls ${quote(host)} a venue's host.`);
    if (host === internalHosts.api) refuse(`The rule of ${origin} names an internal host.`);
  }
  if (settings.mode === 'shadow' && settings.paper === undefined)
    refuse('Mode shadow plays its orders on the paper exchange, and there is none.');
  if (settings.mode === 'shadow' && settings.paper?.faults !== undefined)
    refuse('A rehearsal at real prices has no faults of its own.');
  for (const id of settings.paper?.venues ?? []) {
    if (settings.mode === 'shadow' && !shadowVenues.includes(id))
      refuse(`Orders at ${quote(id)} cannot be rehearsed at real prices.`);
    if (!venues.some((venue) => venue.id === id))
      refuse(`The paper exchange does not know the venue ${quote(id)}.`);
  }
}

function checkCredentials(
  settings: Settings,
  venues: readonly Venue[],
  venueHosts: ReadonlySet<string>,
): void {
  const ids = new Set<string>();
  for (const credential of settings.credentials) {
    const { id } = credential;
    if (id === canaryId) refuse(`No credential may be called ${quote(id)}.`);
    if (ids.has(id)) refuse(`Two credentials are called ${quote(id)}.`);
    ids.add(id);
    if (!secretsOf(credential, venues).every(isHunted)) {
      refuse(`The credential ${quote(id)} is too short: ${shortSecretReason}.`);
    }
    if (credential.kind === 'plain') {
      for (const host of credential.hosts) {
        if (normaliseHost(host) !== host)
          refuse(`The credential ${quote(id)} names ${quote(host)}, which is no plain host.`);
        if (venueHosts.has(host))
          refuse(`The credential ${quote(id)} would be sent to a venue's host as it is.`);
      }
      checkPlacement(credential);
    } else {
      if (!venues.some((venue) => venue.id === credential.venue))
        refuse(`The credential ${quote(id)} is for an unknown venue.`);
      // Real keys never meet the paper exchange, paper keys never a real venue.
      const isPaper = credential.environment === 'paper';
      if (isPaper !== (settings.paper !== undefined)) {
        refuse(
          `The credential ${quote(id)} is ${isPaper ? '' : 'not '}a paper credential, and the box is ${isPaper ? 'not ' : ''}on paper.`,
        );
      }
    }
  }
}

/** The values that must be found in answers: all but identifiers. */
function secretsOf(credential: Settings['credentials'][number], venues: readonly Venue[]): string[] {
  if (credential.kind === 'plain') return [credential.secret];
  const fields = venues.find(({ id }) => id === credential.venue)?.credential ?? [];
  const identifiers = new Set(fields.flatMap(({ name, isIdentifier }) => (isIdentifier ? [name] : [])));
  return Object.entries(credential.secrets).flatMap(([name, value]) =>
    identifiers.has(name) ? [] : [value],
  );
}

/** S8: where orders pass, each account has a journal; where they may move real money, they can be stopped and reconciled. */
function checkOrders(
  { mode, credentials, accountsDir, guardrails, liveSteps }: Settings,
  venues: readonly Venue[],
): void {
  if (guardrails !== undefined && !guardrailsSchema.safeParse(guardrails).success)
    refuse('The guardrails are not well-formed.');
  if (mode === 'live' && guardrails === undefined) refuse('Mode live is refused without guardrails.');
  if (mode === 'readonly') return;
  for (const credential of credentials) {
    if (credential.kind !== 'venue') continue;
    if (accountsDir === undefined) refuse(`The account ${quote(credential.id)} has no journal of its own.`);
    if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(credential.id))
      refuse(`The account ${quote(credential.id)} cannot name a directory.`);
    const steps = (liveSteps ?? []).filter(({ account }) => account === credential.id);
    if (mode === 'live' && credential.environment === 'live' && steps.length !== 1)
      refuse(`The account ${quote(credential.id)} has no step on the ladder: mode live is refused.`);
    const venue = venues.find(({ id }) => id === credential.venue);
    if (mode !== 'demo' && mode !== 'shadow' && venue?.admin === undefined)
      refuse(
        `Orders at ${quote(credential.venue)} cannot be stopped or reconciled: mode ${mode} is refused.`,
      );
  }
}

/** One person, one name, one key. */
function checkApprovers(approvers: readonly ApproverPin[]): void {
  for (const one of approvers) {
    if (publicKeyOf(one) === undefined)
      refuse(`The key of the approver ${quote(one.name)} is no Ed25519 key.`);
    const isTwice = approvers.some(
      (other) => other !== one && (other.name === one.name || keyIdOf(other) === keyIdOf(one)),
    );
    if (isTwice) refuse(`The approver ${quote(one.name)}, or that key, is there twice.`);
  }
}

function checkPlacement({ id, placement, secret }: PlainCredentialSetting): void {
  const names = 'name' in placement ? [placement.name] : 'keys' in placement ? placement.keys : [];
  if (names.includes('')) refuse(`The placement of ${quote(id)} has an empty name.`);
  // A segment must hold the secret and nothing that could end it.
  if (placement.in === 'path' && !pathPrefix.test(placement.prefix))
    refuse(`The prefix of ${quote(id)} cannot be in a path.`);
  if (placement.in !== 'header') return;
  if (!visible.test(secret)) refuse(`The secret of ${quote(id)} cannot be a header value.`);
  if (!fieldName.test(placement.name)) refuse(`The placement of ${quote(id)} names no header.`);
  if (!printable.test(placement.prefix)) refuse(`The prefix of ${quote(id)} cannot be in a header.`);
}

const pathPrefix = /^[A-Za-z0-9._~-]{0,32}$/;
const visible = /^[\x21-\x7e]+$/;
const printable = /^[\x20-\x7e]*$/;
const fieldName = /^[A-Za-z0-9-]{1,64}$/;

const quote = (text: string): string => JSON.stringify(text.slice(0, 100));

function refuse(message: string): never {
  throw new TradeboxError('CONFIG_INVALID', message, { remedy: 'Mend the settings of the box.' });
}
