// The rules of a box from its request: for its start, for a reload, and for explaining them. No secret is opened here.
import { type Config, modelHosts } from '../../config/config.js';
import { regimeOf } from '../../config/regime.js';
import { resolveRegistries } from '../../config/registries.js';
import { loadProfile, type Profile } from '../../profiles/load.js';
import type { HostRule } from '../../sidecar/settings.js';
import type { CliContext } from '../context.js';
import { chooseAttached } from './attachments.js';
import { type Locked, lockedPackages } from './locked.js';
import { buildRules } from './policy.js';
import type { LaunchRequest } from './request.js';

type Attached = ReturnType<typeof chooseAttached>;
type RuleContext = Pick<CliContext, 'env' | 'paths' | 'cwd' | 'loadConfig'>;

/** All rules, in the order they are asked. Throws CONFIG_INVALID, also for a mixture of the two trust regimes. */
export async function rulesOf(
  context: Pick<CliContext, 'env'>,
  request: Pick<LaunchRequest, 'paper'>,
  profile: Pick<Profile, 'hosts'>,
  config: Config,
  { accounts, credentials }: Attached,
  locked?: Locked,
): Promise<HostRule[]> {
  const registryRules = await resolveRegistries(config.registries, context.env);
  if (locked !== undefined) registryRules.push(locked.rule);
  const rules = buildRules({ profileHosts: profile.hosts, config, registryRules, credentials, accounts });
  const origins = new Map(config.accounts.map(({ id, origin }) => [id, origin]));
  regimeOf({
    written: config.regime,
    accounts: request.paper
      ? []
      : accounts.map(({ id }) => ({ id, origin: origins.get(id) ?? `account ${id}` })),
    rules,
    models: modelHosts(credentials, config.pins),
    registries: config.pins.flatMap(({ host, isRegistry }) => (isRegistry === true ? [host] : [])),
  });
  return rules;
}

/** What a request would open now, and what would be attached. Throws PROFILE_…, CONFIG_…, MODE_UNAVAILABLE. */
export async function planRules(
  context: RuleContext,
  request: Pick<LaunchRequest, 'profile' | 'workdir' | 'mode' | 'paper' | 'accounts' | 'configFile'>,
): Promise<{ rules: HostRule[]; config: Config; attached: Attached; locked: Locked | undefined }> {
  const profile = loadProfile(request.profile, context, request.workdir);
  const config = await context.loadConfig(request.workdir, request.configFile);
  const attached = chooseAttached(request, profile, config);
  const locked = await lockedPackages(config, request.workdir, context.env);
  const rules = await rulesOf(context, request, profile, config, attached, locked);
  return { rules, config, attached, locked };
}
