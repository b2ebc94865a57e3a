// Binds real credentials to decoys: what the sidecar is told, and what the agent gets instead (S1).
import { createHash, randomBytes } from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import {
  type CredentialSetting,
  internalHosts,
  type PlainCredentialSetting,
} from '../../sidecar/settings.js';
import type { Environment, RealCredential, Venue } from '../../venues/venue.js';

/** A trading account with its real credential. */
export interface AccountSource {
  id: string;
  venue: Venue;
  environment: Environment;
  secrets: RealCredential;
}

/** A header or basic credential, such as an LLM key. */
export interface PlainSource {
  id: string;
  hosts: readonly string[];
  placement: PlainCredentialSetting['placement'];
  secret: Secret;
  /** Environment variables the agent's clients read it from. */
  env: readonly string[];
  isLlm: boolean;
}

/** Decoys by `account.field` or `credential`: what a box keeps when its sidecar is restarted. Worthless outside it. */
export type DecoySet = Readonly<Record<string, string>>;

export interface Bindings {
  credentials: CredentialSetting[];
  /** Environment of the agent: variable → decoy. */
  env: Record<string, string>;
  decoys: DecoySet;
  /** SHA-256 hex of the header the echo venue must receive when substitution works. */
  echoExpectedSha256: string;
}

export const echoVariable = 'TRADEBOX_ECHO_TOKEN';
export const echoHeader = { name: 'authorization', prefix: 'Bearer ' } as const;

/**
 * Makes the bindings of a box. `kept` are the decoys of an earlier sidecar of the same box; without them, fresh ones are drawn.
 * Throws CONFIG_INVALID when two accounts would share the agent's environment variables.
 */
export function bindCredentials(
  accounts: readonly AccountSource[],
  plain: readonly PlainSource[],
  kept: DecoySet = {},
): Bindings {
  const echo: PlainSource = {
    id: 'echo',
    hosts: [internalHosts.echo],
    placement: { in: 'header', ...echoHeader },
    secret: new Secret(randomBytes(24).toString('hex')),
    env: [echoVariable],
    isLlm: false,
  };
  const bound = [
    ...accounts.map((account) => bindAccount(account, kept)),
    ...[...plain, echo].map((source) => bindPlain(source, kept)),
  ];
  return {
    credentials: bound.map(({ credential }) => credential),
    env: mergeVariables(bound.flatMap(({ variables }) => variables)),
    decoys: Object.assign({}, ...bound.map(({ decoys }) => decoys)),
    echoExpectedSha256: createHash('sha256')
      .update(echoHeader.prefix + echo.secret.reveal())
      .digest('hex'),
  };
}

/** A paper account: its real credential is drawn here and known to the sidecar only. */
export function makePaperAccount(venue: Venue): AccountSource {
  const secrets = venue.credential.map(
    (field) => [field.name, new Secret(field.makeDecoy(randomBytes))] as const,
  );
  return { id: `${venue.id}-paper`, venue, environment: 'paper', secrets: Object.fromEntries(secrets) };
}

interface Bound {
  credential: CredentialSetting;
  variables: readonly { name: string; decoy: string; owner: string }[];
  decoys: Record<string, string>;
}

function bindAccount(account: AccountSource, kept: DecoySet): Bound {
  const fields = account.venue.credential.map((field) => {
    const key = `${account.id}.${field.name}`;
    return { ...field, key, decoy: kept[key] ?? field.makeDecoy(randomBytes) };
  });
  return {
    credential: {
      kind: 'venue',
      id: account.id,
      venue: account.venue.id,
      environment: account.environment,
      secrets: Object.fromEntries(
        Object.entries(account.secrets).map(([name, secret]) => [name, secret.reveal()]),
      ),
      decoys: Object.fromEntries(fields.map(({ name, decoy }) => [name, decoy])),
    },
    variables: fields.flatMap(({ env, decoy }) => env.map((name) => ({ name, decoy, owner: account.id }))),
    decoys: Object.fromEntries(fields.map(({ key, decoy }) => [key, decoy])),
  };
}

function bindPlain(source: PlainSource, kept: DecoySet): Bound {
  const decoy = kept[source.id] ?? `decoy-${randomBytes(20).toString('hex')}`;
  return {
    credential: {
      kind: 'plain',
      id: source.id,
      hosts: [...source.hosts],
      placement: source.placement,
      secret: source.secret.reveal(),
      decoy,
      isLlm: source.isLlm,
    },
    variables: source.env.map((name) => ({ name, decoy, owner: source.id })),
    decoys: { [source.id]: decoy },
  };
}

function mergeVariables(variables: Bound['variables']): Record<string, string> {
  const owners = new Map<string, string>();
  for (const { name, owner } of variables) {
    const other = owners.get(name);
    if (other !== undefined && other !== owner) {
      throw new TradeboxError('CONFIG_INVALID', `${other} and ${owner} would both set ${name} in the box`, {
        remedy: 'Attach one account of a venue per box: --account <id>.',
      });
    }
    owners.set(name, owner);
  }
  return Object.fromEntries(variables.map(({ name, decoy }) => [name, decoy]));
}
