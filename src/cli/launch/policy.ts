// The egress policy of a box: what profile, configuration and attached credentials open, each line with its reason and origin (S4).
import { type Config, credentialRules, pinRules } from '../../config/config.js';
import { type HostRule, internalHosts } from '../../sidecar/settings.js';
import type { Environment, Venue } from '../../venues/venue.js';

export interface PolicyParts {
  profileHosts: readonly HostRule[];
  config: Pick<Config, 'hosts' | 'pins'>;
  /** Rules of registries, resolved from the user's client configuration. */
  registryRules: readonly HostRule[];
  credentials: readonly Parameters<typeof credentialRules>[0][];
  accounts: readonly { id: string; venue: Venue; environment: Environment }[];
}

/** All rules of a box; the echo venue's is always among them. */
export function buildRules(parts: PolicyParts): HostRule[] {
  return [
    echoRule,
    ...parts.accounts.flatMap(venueRules),
    ...parts.profileHosts,
    ...parts.config.hosts,
    ...parts.registryRules,
    ...parts.credentials.flatMap(credentialRules),
    ...pinRules(parts.config.pins),
  ];
}

const echoRule: HostRule = {
  host: internalHosts.echo,
  ports: [443],
  methods: ['GET'],
  paths: ['/'],
  reason: 'proves that substitution happens',
  origin: 'built-in: echo venue',
};

/** A venue's REST hosts, and its sockets where its leaf speaks them, of the account's environment. Its operation table decides what passes there. */
function venueRules(account: PolicyParts['accounts'][number]): HostRule[] {
  return account.venue.hosts

    .filter(
      (host) =>
        (host.transport === 'rest' || account.venue.socket !== undefined) &&
        reaches(host.environments, account.environment),
    )
    .map((host) => ({
      host: host.host,
      ports: [...host.ports],
      methods: ['*'],
      paths: ['/**'],
      reason: `${account.venue.title}, ${account.environment}`,
      origin: `account ${account.id}`,
      venue: account.venue.id,
    }));
}

/** The embedded exchange stands in for every host of its venue; otherwise environments never mix (D9). */
const reaches = (host: readonly Environment[], account: Environment): boolean =>
  account === 'paper' || host.includes(account);
