// From a launch request to a box: profile, configuration, vault and venues meet here and nowhere else.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { OverriddenRung } from '../../audit/events.js';
import { type Approver, readApprovers } from '../../config/approvers-file.js';
import type { Config, WorkdirConfig } from '../../config/config.js';
import { guardrailsFile } from '../../config/guardrails-file.js';
import { type Regime, settledRegime } from '../../config/regime.js';
import { TradeboxError } from '../../core/errors.js';
import type { IsolationId, IsolationWish } from '../../core/isolation.js';
import { isHunted } from '../../core/needles.js';
import { documentOf } from '../../guard/guardrails.js';
import type { FaultRule } from '../../paper/fault-rules.js';
import { agentCommand, loadProfile, type Profile } from '../../profiles/load.js';
import { fillTemplate, type PlaceholderValues } from '../../profiles/placeholders.js';
import { agentPaths } from '../../sandbox/environment.js';
import type { BoxAddresses } from '../../sandbox/session.js';
import type { BoxSpec } from '../../sandbox/spec.js';
import { canaryId } from '../../sidecar/credentials.js';
import {
  defaultPorts,
  internalHosts,
  type LiveStep,
  protocolVersion,
  type Settings,
} from '../../sidecar/settings.js';
import type { CliContext } from '../context.js';
import { alertSettings, type ResolvedAlert, resolveAlerts } from './alerts.js';
import { explainTooFew } from './approvers.js';
import { type Attachments, resolveAttachments } from './attachments.js';
import { type Bindings, bindCredentials, type DecoySet } from './bindings.js';
import { type Canary, makeCanary } from './canary.js';
import { loadFaults } from './faults.js';
import { type AgreedRules, firstRules } from './guard-start.js';
import { type KnownSecrets, knownSecrets, type NamedSecret } from './known-secrets.js';
import { liveStepsOf, overriddenRungs } from './ladder.js';
import { describeLocked, type Locked, lockedPackages } from './locked.js';
import type { LaunchRecord, LaunchRequest } from './request.js';
import { rulesOf } from './rules.js';

/** Everything needed to make a box but the engine. */
export interface LaunchPlan {
  profile: Profile;
  spec: Omit<BoxSpec, 'images' | 'name' | 'terminal'>;
  makeSettings(addresses: BoxAddresses): Settings;
  record: { decoys: Record<string, string>; launch: LaunchRecord };
  /** Real values of this box, to hunt for by diagnose. */
  secrets: readonly NamedSecret[];
  /** These and every other one that the vault and the configuration hold, as far as nobody has to be asked for it. */
  knownSecrets(): Promise<KnownSecrets>;
  /** From the command line, else tradebox.yaml, else the profile. */
  isolation: IsolationWish;
  /** The weakest level that a live box takes; any when undefined. */
  liveIsolation: IsolationId | undefined;
  /** Ids of trading accounts that this box may move. */
  accountIds: readonly string[];
  workdir: WorkdirConfig;
  regime: Regime;
  locked: Locked | undefined;
}

/** Open files a process of the box may hold. */
const openFiles = 65_536;

/**
 * Plans a box. `kept` are the decoys of the same box when only its sidecar is made anew; `agreed` the rules that it may start with,
 * where it has a past.
 * Throws PROFILE_…, CONFIG_…, MODE_UNAVAILABLE, SECRET_…, VAULT_….
 */
export async function planLaunch(
  context: CliContext,
  request: LaunchRequest,
  kept: DecoySet = {},
  agreed: AgreedRules = firstRules(context, request.mode),
): Promise<LaunchPlan> {
  const profile = loadProfile(request.profile, context, request.workdir);
  const config = await context.loadConfig(request.workdir, request.configFile);
  const attachments = await resolveAttachments(request, profile, config, () => context.secretResolver());
  const bindings = bindCredentials(attachments.accounts, attachments.plain, kept);
  const alerts = await resolveAlerts(config.alerts ?? [], () => context.secretResolver());
  const locked = await lockedPackages(config, request.workdir, context.env);
  const rules = await rulesOf(context, request, profile, config, attachments, locked);
  if (locked !== undefined) context.output.note(describeLocked(locked));
  const { guardrails } = agreed;
  if (request.mode === 'live' && guardrails === undefined) {
    throw new TradeboxError('MODE_UNAVAILABLE', '`live` without a guardrails file is refused', {
      remedy: `Write ${guardrailsFile(context.paths)}; \`tradebox guard presets cautious\` prints one to begin with.`,
    });
  }
  const faults = loadFaults(request, context.env);
  const approvers = request.mode === 'readonly' ? [] : readApprovers(context.paths);
  const tooFew = explainTooFew(guardrails, approvers);
  if (tooFew !== undefined) context.output.warn(tooFew);
  const ladder = {
    stateDir: context.paths.stateDir,
    nowMs: context.clock.nowMs(),
    warn: (line: string) => context.output.warn(line),
  };
  const liveSteps = liveStepsOf(request.mode, attachments.accounts, ladder);
  const overrides = overriddenRungs(attachments.accounts, ladder);
  const accountIds = request.paper ? [] : attachments.accounts.map(({ id }) => id);
  const canary = config.canary === undefined ? undefined : makeCanary(config.canary, kept[canaryId]);
  const regime = settledRegime(config.regime, accountIds.length);
  const accountSecrets = attachments.accounts.flatMap(({ id, secrets }) =>
    Object.entries(secrets).map(([field, value]) => ({ id: `${id}.${field}`, value })),
  );
  const otherSecrets = [
    ...attachments.plain.map(({ id, secret }) => ({ id, value: secret })),
    ...alerts.map(({ kind, url }) => ({ id: `alerts.${kind}`, value: url })),
  ];
  return {
    profile,
    spec: {
      profile: profile.name,
      mode: request.mode,
      isPaper: request.paper,
      workdir: request.workdir,
      command: agentCommand(profile, request.args),
      environment: {
        ...fillAll(profile.env, placeholders(bindings, attachments)),
        ...bindings.env,
        ...locked?.environment,
        TRADEBOX_MODE: request.mode,
      },
      homeFiles: [
        ...(canary === undefined ? [] : [canary.file]),
        ...profile.files.flatMap(({ path, content, isExecutable }) => {
          const filled = fillTemplate(content, placeholders(bindings, attachments));
          return filled === undefined ? [] : [{ path, content: filled, isExecutable }];
        }),
      ],
      limits: limitsOf(config),
      ...diskReserveOf(config),
    },
    makeSettings: (addresses) =>
      settingsFor(addresses, {
        request,
        config,
        bindings,
        rules,
        attachments,
        canary,
        agreed,
        alerts,
        liveSteps,
        overrides,
        approvers,
        faults,
      }),
    record: {
      decoys: bindings.env,
      launch: {
        request,
        decoys: { ...bindings.decoys, ...(canary === undefined ? {} : { [canaryId]: canary.token }) },
        echoExpectedSha256: bindings.echoExpectedSha256,
        preflight: profile.preflight,
        accountIds,
        taint: { ...config.taint },
        regime,
        ...(locked === undefined ? {} : { lockSha256: locked.sha256 }),
      },
    },
    secrets: [...accountSecrets, ...otherSecrets].filter(({ value }) => isHunted(value.reveal())),
    // A paper account's credential opens nothing, and lies nowhere yet.
    knownSecrets: () =>
      knownSecrets(config, [...(request.paper ? [] : accountSecrets), ...otherSecrets], {
        hasVault: existsSync(context.paths.vaultFile),
        isVaultOpen: context.passphrase.isKnown(),
        resolver: () => context.secretResolver(),
      }),
    liveIsolation: config.liveIsolation,
    isolation: request.isolation ?? config.isolation ?? profile.isolation ?? 'container',
    accountIds,
    workdir: config.workdir,
    regime,
    locked,
  };
}

interface SettingsParts {
  canary: Canary | undefined;
  request: LaunchRequest;
  config: Config;
  bindings: Bindings;
  rules: Settings['policy']['rules'];
  attachments: Attachments;
  agreed: AgreedRules;
  alerts: readonly ResolvedAlert[];
  liveSteps: LiveStep[];
  overrides: OverriddenRung[];
  approvers: readonly Approver[];
  faults: FaultRule[] | undefined;
}

function settingsFor(addresses: BoxAddresses, parts: SettingsParts): Settings {
  const { request, config, bindings, rules, attachments, canary, agreed } = parts;
  const { guardrails, loosened, by } = agreed;
  return {
    protocol: protocolVersion,
    sandbox: addresses.box,
    mode: request.mode,
    network: {
      address: addresses.sidecar,
      dnsPort: defaultPorts.dnsPort,
      httpPorts: [...defaultPorts.httpPorts],
      tlsPorts: tlsPortsOf(rules),
      connectPort: defaultPorts.connectPort,
      refusedPorts: [...defaultPorts.refusedPorts],
    },
    journalDir: '/journal',
    ...(request.mode === 'readonly' ? {} : { accountsDir: '/accounts' }),
    ...(guardrails === undefined ? {} : { guardrails: documentOf(guardrails) }),
    ...(loosened.length === 0 ? {} : { loosened: { limits: [...loosened], by } }),
    ...(parts.approvers.length === 0
      ? {}
      : { approvers: parts.approvers.map(({ name, publicKey }) => ({ name, publicKey })) }),
    ...(parts.liveSteps.length === 0 ? {} : { liveSteps: parts.liveSteps }),
    ...(parts.overrides.length === 0 ? {} : { overrides: parts.overrides }),
    policy: { rules },
    taint: { ...config.taint },
    ...config.orders,
    credentials: bindings.credentials,
    ...(parts.alerts.length === 0 ? {} : { alerts: alertSettings(parts.alerts) }),
    ...(canary === undefined ? {} : { canary: canary.token }),
    pins: config.pins.map(({ reason: _reason, origin: _origin, isRegistry: _isRegistry, ...pin }) => pin),
    ...(request.paper
      ? {
          paper: {
            seed: randomBytes(8).toString('hex'),
            venues: attachments.accounts.map(({ venue }) => venue.id),
            ...(parts.faults === undefined ? {} : { faults: parts.faults }),
          },
        }
      : {}),
    echo: { host: internalHosts.echo },
  };
}

/** The ports clients expect, and every port a rule opens. */
function tlsPortsOf(rules: Settings['policy']['rules']): number[] {
  const reserved = new Set<number>([
    defaultPorts.dnsPort,
    defaultPorts.connectPort,
    ...defaultPorts.httpPorts,
  ]);
  const ports = [...defaultPorts.tlsPorts, ...rules.flatMap((rule) => rule.ports)];
  const clash = ports.find((port) => reserved.has(port));
  if (clash !== undefined) {
    throw new TradeboxError('CONFIG_INVALID', `a rule opens port ${clash}, which the sidecar itself uses`, {
      remedy: 'Only TLS ports can be opened; plain HTTP is refused everywhere.',
    });
  }
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Placeholders name a venue (`okx.apiKey`) or a credential; decoys are kept by account. */
function placeholders(bindings: Bindings, { accounts }: Attachments): PlaceholderValues {
  return {
    decoy: (key) => {
      const [id, field] = key.split('.');
      if (field === undefined) return bindings.decoys[key];
      const account = accounts.find(({ venue }) => venue.id === id);
      return account === undefined ? undefined : bindings.decoys[`${account.id}.${field}`];
    },
    ca: agentPaths.bundle,
    proxy: `http://${internalHosts.api}:${defaultPorts.connectPort}`,
  };
}

function fillAll(
  templates: Readonly<Record<string, string>>,
  values: PlaceholderValues,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, template]) => {
      const filled = fillTemplate(template, values);
      return filled === undefined ? [] : [[name, filled]];
    }),
  );
}

function diskReserveOf({ limits: { diskReserveMb } }: Config): Pick<BoxSpec, 'diskReserveBytes'> {
  return diskReserveMb === undefined ? {} : { diskReserveBytes: diskReserveMb * 1024 ** 2 };
}

function limitsOf({ limits }: Config): BoxSpec['limits'] {
  const { memoryMb, cpus, pids, diskMb } = limits;
  const disk = diskMb === undefined ? {} : { diskBytes: diskMb * 1024 ** 2 };
  return { memoryBytes: memoryMb * 1024 ** 2, cpus, pids, openFiles, ...disk };
}
