// Which accounts and credentials a box gets, and their real values. Refuses what the mode cannot hold before anything is made.
import type { AccountConfig, Config, CredentialConfig } from '../../config/config.js';
import { TradeboxError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { shadowVenues, spokenVenues } from '../../paper/spoken-venues.js';
import type { Profile } from '../../profiles/load.js';
import type { SecretResolver } from '../../vault/resolve.js';
import { findVenue } from '../../venues/venues.js';
import { type AccountSource, makePaperAccount, type PlainSource } from './bindings.js';
import type { LaunchRequest } from './request.js';

export interface Attachments {
  accounts: readonly AccountSource[];
  plain: readonly PlainSource[];
  /** The configuration of `plain`, for its hosts. */
  credentials: readonly CredentialConfig[];
}

/**
 * Resolves what is attached. The vault is opened only when a source lies in it.
 * Throws CONFIG_INVALID for an account that does not fit, and what the resolver throws.
 */
export async function resolveAttachments(
  request: Pick<LaunchRequest, 'mode' | 'paper' | 'accounts'>,
  profile: Pick<Profile, 'name' | 'accounts' | 'credentials'>,
  config: Pick<Config, 'accounts' | 'credentials'>,
  resolver: () => Promise<SecretResolver>,
): Promise<Attachments> {
  const { credentials } = chooseAttached(request, profile, config);
  const accounts = request.paper
    ? paperAccounts(request, profile)
    : await resolveAccounts(chooseAccounts(request, profile, config), resolver);
  const plain: PlainSource[] = [];
  for (const credential of credentials) {
    const { id, hosts, placement, env, isLlm } = credential;
    plain.push({ id, hosts, placement, env, isLlm, secret: await (await resolver()).credential(credential) });
  }
  return { accounts, plain, credentials };
}

/** What would be attached, without any secret: enough to know what a box may reach. Throws as resolveAttachments. */
export function chooseAttached(
  request: Pick<LaunchRequest, 'mode' | 'paper' | 'accounts'>,
  profile: Pick<Profile, 'name' | 'accounts' | 'credentials'>,
  config: Pick<Config, 'accounts' | 'credentials'>,
): {
  accounts: readonly Pick<AccountSource, 'id' | 'venue' | 'environment'>[];
  credentials: readonly CredentialConfig[];
} {
  return {
    accounts: request.paper ? paperAccounts(request, profile) : chooseAccounts(request, profile, config),
    credentials: chooseCredentials(profile, config),
  };
}

/** `--paper`: one fresh account for each venue of the profile that the embedded exchange speaks. */
function paperAccounts(
  request: Pick<LaunchRequest, 'mode' | 'accounts'>,
  profile: Pick<Profile, 'accounts'>,
): AccountSource[] {
  if (request.accounts.length > 0) {
    throw new TradeboxError('USAGE', '--paper brings its own account; --account cannot be given with it', {
      remedy: 'Leave out one of them.',
    });
  }
  const spoken = request.mode === 'shadow' ? shadowVenues : spokenVenues;
  if (request.mode === 'shadow') assertShadow(profile);
  const venues = profile.accounts.filter((id) => spoken.includes(id)).map(findVenue);
  return venues.filter((venue) => venue !== undefined).map(makePaperAccount);
}

/** Throws MODE_UNAVAILABLE when no venue of the profile can be rehearsed at its real prices. */
function assertShadow({ accounts }: Pick<Profile, 'accounts'>): void {
  if (accounts.some((id) => shadowVenues.includes(id))) return;
  const titles = accounts.map((id) => findVenue(id)?.title ?? id).join(', ');
  throw new TradeboxError(
    'MODE_UNAVAILABLE',
    `the mode shadow is not there yet for ${titles === '' ? 'a profile without a venue' : titles}`,
    { remedy: `It is for ${shadowVenues.join(', ')}; use --paper, or --mode demo with a demo account.` },
  );
}

function chooseAccounts(
  request: Pick<LaunchRequest, 'mode' | 'accounts'>,
  profile: Pick<Profile, 'name' | 'accounts'>,
  config: Pick<Config, 'accounts'>,
): AccountConfig[] {
  const known = config.accounts.map(({ id }) => id);
  for (const id of request.accounts) {
    if (known.includes(id)) continue;
    const near = nearest(id, known);
    throw new TradeboxError('CONFIG_INVALID', `there is no account "${id.slice(0, 60)}"`, {
      remedy: near === undefined ? 'Add it to tradebox.yaml under accounts.' : `Did you mean ${near}?`,
    });
  }
  const chosen =
    request.accounts.length > 0
      ? config.accounts.filter(({ id }) => request.accounts.includes(id))
      : config.accounts.filter(({ venue }) => profile.accounts.includes(venue.id));
  for (const account of chosen) assertFits(account, request.mode, profile);
  return chosen;
}

function assertFits(
  account: AccountConfig,
  mode: LaunchRequest['mode'],
  profile: Pick<Profile, 'name' | 'accounts'>,
): void {
  if (!profile.accounts.includes(account.venue.id)) {
    throw new TradeboxError(
      'CONFIG_INVALID',
      `the profile ${profile.name} does not use ${account.venue.title}, the venue of ${account.id}`,
      {
        remedy: `Add "${account.venue.id}" to the profile's accounts, or choose another --account.`,
      },
    );
  }
  if (account.environment === 'paper') {
    throw new TradeboxError(
      'CONFIG_INVALID',
      `${account.origin}: the account ${account.id} is of the paper environment`,
      {
        remedy: 'Use --paper, which makes an account of its own; or set environment: demo or live.',
      },
    );
  }
  if ((mode === 'propose' || mode === 'live') && account.venue.admin === undefined) {
    throw new TradeboxError(
      'MODE_UNAVAILABLE',
      `orders at ${account.venue.title} cannot be stopped or reconciled yet, so the mode ${mode} is refused`,
      { remedy: 'Use --mode readonly, or --mode demo with a demo account.' },
    );
  }
  // D9: a demo box never holds a live credential.
  if (mode === 'demo' && account.environment !== 'demo') {
    throw new TradeboxError(
      'MODE_UNAVAILABLE',
      `the account ${account.id} is ${account.environment}, and the mode demo never holds one`,
      {
        remedy: 'Use --mode readonly, or --account with a demo account, or --paper.',
      },
    );
  }
}

async function resolveAccounts(
  accounts: readonly AccountConfig[],
  resolver: () => Promise<SecretResolver>,
): Promise<AccountSource[]> {
  const resolved: AccountSource[] = [];
  for (const account of accounts) {
    const { id, venue, environment } = account;
    resolved.push({ id, venue, environment, secrets: await (await resolver()).account(account) });
  }
  return resolved;
}

function chooseCredentials(
  profile: Pick<Profile, 'credentials'>,
  config: Pick<Config, 'credentials'>,
): CredentialConfig[] {
  const wanted = new Set(profile.credentials);
  return config.credentials.filter(({ id }) => wanted.has('*') || wanted.has(id));
}
