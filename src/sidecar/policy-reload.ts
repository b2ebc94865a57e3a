// Replaces the rules of a running sidecar: all of them or none, journaled first; sessions they deny are ended.
import { createHash } from 'node:crypto';
import type { Journal } from '../audit/journal.js';
import { messageOf, TradeboxError } from '../core/errors.js';
import type { Venue } from '../venues/venue.js';
import { compilePolicy, type EgressPolicy } from './egress-policy.js';
import type { Watch } from './listeners/ingress.js';
import { type PolicySetting, policySchema, type Settings } from './settings.js';
import { checkSettings } from './settings-check.js';
import type { World } from './stage.js';
import { ruleProblem } from './stages/egress.js';
import type { SidecarState } from './state.js';
import type { Upstream } from './upstream.js';

export interface ReloadParts {
  settings: Settings;
  venues: readonly Venue[];
  world: Pick<World, 'policy'>;
  journal: Pick<Journal, 'append'>;
  watch: Pick<Watch, 'endDenied'>;
  upstream: Pick<Upstream, 'renew'>;
}

type Reload = Pick<SidecarState, 'loadPolicy' | 'rejectPolicy'>;

const maxMessageLength = 500;

export function createPolicyReload(parts: ReloadParts): Reload {
  const { settings, venues, world, journal, watch, upstream } = parts;
  const rejectPolicy = (message: string): void => {
    journal.append({ type: 'policy.rejected', message: message.slice(0, maxMessageLength) });
  };
  return {
    rejectPolicy,
    loadPolicy(written, attached) {
      let policy: PolicySetting;
      let compiled: EgressPolicy;
      try {
        policy = understandPolicy(written);
        assertSameAttached(settings, attached);
        checkSettings({ ...settings, policy }, venues);
        compiled = compilePolicy(policy.rules);
      } catch (error) {
        rejectPolicy(messageOf(error));
        if (error instanceof TradeboxError) throw error;
        throw new TradeboxError('CONFIG_INVALID', messageOf(error));
      }
      const digest = policyDigest(policy);
      // S10, S11: a policy that cannot be recorded does not come into force.
      journal.append({ type: 'policy.loaded', digest });
      world.policy = compiled;
      const closed = watch.endDenied(
        (host, port) => compiled.allowsOrigin(host, port),
        // A venue's host is its table's, whose operations no rule changes.
        (exchange) => (exchange.venue === undefined ? ruleProblem(exchange, compiled) : undefined),
      );
      upstream.renew();
      return { digest, rules: policy.rules.length, closed, unservedPorts: unservedPorts(policy, settings) };
    },
  } satisfies Reload;
}

/** SHA-256 hex of the policy as JSON. */
export function policyDigest(policy: PolicySetting): string {
  return createHash('sha256').update(JSON.stringify(policy)).digest('hex');
}

/** What a running sidecar cannot be given anew: where pins lead, and which credential goes where. */
export interface AttachedParts {
  pins: readonly { host: string; address: string; port: number; isLlm?: boolean | undefined }[];
  plain: readonly { id: string; hosts: readonly string[] }[];
  accounts: readonly { id: string; venue: string; environment: string }[];
}

/** One line for each, in order: equal lists mean that nothing but rules has changed. */
export function describeAttached({ pins, plain, accounts }: AttachedParts): string[] {
  return [
    ...pins.map(
      ({ host, address, port, isLlm }) =>
        `pin of ${host} to ${address}:${port}${isLlm === true ? ', a model’s' : ''}`,
    ),
    ...plain.map(({ id, hosts }) => `credential ${id} for ${[...hosts].sort().join(', ')}`),
    ...accounts.map(({ id, venue, environment }) => `account ${id} of ${venue}, ${environment}`),
  ].sort();
}

function assertSameAttached(settings: Settings, attached: readonly string[]): void {
  const own = describeAttached({
    pins: settings.pins,
    plain: settings.credentials.flatMap((one) =>
      one.kind === 'plain' && !one.hosts.includes(settings.echo.host) ? [one] : [],
    ),
    accounts: settings.credentials.flatMap((one) => (one.kind === 'venue' ? [one] : [])),
  });
  const changed =
    attached.find((line) => !own.includes(line)) ?? own.find((line) => !attached.includes(line));
  if (changed === undefined) return;
  throw new TradeboxError(
    'CONFIG_INVALID',
    `The ${changed.slice(0, 200)} was added, removed or changed: only rules can be loaded anew.`,
    { remedy: 'Give the box a new sidecar with `tradebox restart`.' },
  );
}

function understandPolicy(written: unknown): PolicySetting {
  const parsed = policySchema.safeParse(written);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new TradeboxError(
    'CONFIG_INVALID',
    `The policy does not fit the schema at ${JSON.stringify(at.slice(0, 200))}.`,
  );
}

function unservedPorts({ rules }: PolicySetting, { network }: Settings): number[] {
  const ports = rules.flatMap((rule) => rule.ports).filter((port) => !network.tlsPorts.includes(port));
  return [...new Set(ports)].sort((a, b) => a - b);
}
