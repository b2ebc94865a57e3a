// The two trust regimes, which exclude each other (S4): a box reads widely, or it moves an account. Pure.
//
// Wide reading is how a foreign instruction comes in, and a way for information to leave; an account is what it would be used
// on, and a secret that a sandboxed skill prints is one that a less confined process can send out. So: `research` = registries,
// wildcards, any host, and no account; `trade` = venues, their market data and models, and what orders cite as evidence, to be read
// only, and the tarballs that a lock file names; nothing else, wherever a rule comes from. Accounts imply `trade`: in a file, and in a
// box that gets a real one. An account of the paper exchange is no account of anybody.
import { TradeboxError } from '../core/errors.js';
import { type HostRule, internalHosts } from '../sidecar/settings.js';
import { explainPreset, isLlmPreset, llmHosts, type Preset, presetRules, registryOf } from './presets.js';

export const regimes = ['research', 'trade'] as const;
export type Regime = (typeof regimes)[number];

interface RegimeProblem {
  path: (string | number)[];
  message: string;
}

interface WrittenConfig {
  regime?: Regime | undefined;
  accounts: Readonly<Record<string, unknown>>;
  hosts: readonly {
    host?: string | undefined;
    registry?: string | undefined;
    preset?: Preset | undefined;
    evidence?: true | undefined;
    lockFile?: string | undefined;
  }[];
  credentials: Readonly<Record<string, { hosts: readonly string[]; llm: boolean }>>;
  pins: readonly { host: string; llm: boolean; registry?: boolean | undefined }[];
}

const why = 'what a box reads can talk it into trading, and where it writes it can tell what it knows';

/** What of a file its own regime excludes. */
export function explainRegime({
  regime,
  accounts,
  hosts,
  credentials,
  pins,
}: WrittenConfig): RegimeProblem[] {
  if (regime === 'research') {
    return Object.keys(accounts).map((id) => ({
      path: ['accounts', id],
      message: 'regime: research holds no account: what reads widely could be talked into using it',
    }));
  }
  if (regime !== 'trade' && Object.keys(accounts).length === 0) return [];
  const isLlm = llmTest([
    ...Object.values(credentials).flatMap((one) => (one.llm ? one.hosts : [])),
    ...pins.flatMap(({ host, llm }) => (llm ? [host] : [])),
  ]);
  const cause = regime === 'trade' ? 'regime: trade' : 'a file with accounts (regime: trade)';
  const problem = (path: (string | number)[], what: string): RegimeProblem => ({
    path,
    message: `${cause} opens venues, models, hosts of "evidence: true" and what a lock file names only, not ${what}: ${why}`,
  });
  return [
    ...hosts.flatMap((entry, index) => {
      const { host, preset, evidence, lockFile } = entry;
      if (evidence || lockFile !== undefined) return [];
      if (preset === undefined ? host !== undefined && isLlm(host) : isLlmPreset(preset)) return [];
      const isRegistry = registryOf(entry) !== undefined;
      return [problem(['hosts', index], isRegistry ? wholeRegistry : describeHost(host ?? preset ?? ''))];
    }),
    ...Object.entries(credentials).flatMap(([id, { llm }]) =>
      llm ? [] : [problem(['credentials', id], 'the hosts of a credential that is no model’s ("llm: true")')],
    ),
    ...pins.flatMap(({ host, registry }, index) =>
      isLlm(host) || registry === true
        ? []
        : [problem(['pins', index], `${describeHost(host)}, unless it is a model’s ("llm: true")`)],
    ),
  ];
}

const wholeRegistry =
  'a registry without "lockFile" ({ preset: "registry:npm", lockFile: package-lock.json, reason: … })';

/** Why an entry cannot stand for what a lock file names. `entry` has its defaults filled in. */
export function explainLocked(
  entry: Parameters<typeof explainPreset>[0] & { requestsPerMinute?: number | undefined },
): string | undefined {
  if (registryOf(entry) !== 'npm') return '"lockFile" goes with the registry of npm';
  const isPlain =
    explainPreset(entry) === undefined && (entry.maxBodyBytes ?? entry.requestsPerMinute) === undefined;
  return isPlain
    ? undefined
    : 'a lock file says all that is open: no ports, methods, paths or caps beside it';
}

/** The paths that a lock file names, by GET, and nothing beside them. */
function isLocked({ host, methods, paths, maxBodyBytes, tarballs }: HostRule): boolean {
  const isNarrow = `${methods}` === 'GET' && paths.length === 0 && maxBodyBytes === 0;
  return tarballs !== undefined && isNarrow && !host.startsWith('*');
}

const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Why an entry cannot be a source of evidence. `entry` has its defaults filled in. */
export function explainEvidence(entry: {
  host?: string | undefined;
  preset?: Preset | undefined;
  methods: readonly string[];
  maxBodyBytes?: number | undefined;
}): string | undefined {
  const isNews =
    entry.preset !== undefined && !isLlmPreset(entry.preset) && presetRules(entry.preset).length > 0;
  if (!isNews && (entry.host === undefined || entry.host.startsWith('*')))
    return '"evidence: true" goes with an exact host or with a preset of news';
  if (!entry.methods.every((method) => readingMethods.has(method)))
    return '"evidence: true" is read by GET and HEAD alone';
  return entry.maxBodyBytes === undefined || entry.maxBodyBytes === 0
    ? undefined
    : '"evidence: true" takes no request bodies: leave maxBodyBytes out';
}

/** The schema holds entries of files to this; whoever else marks a rule is held to it here. */
function isEvidence({ host, methods, maxBodyBytes, evidence }: HostRule): boolean {
  return (
    evidence === true && maxBodyBytes === 0 && explainEvidence({ host, methods, maxBodyBytes }) === undefined
  );
}

export interface RegimeParts {
  /** As written in the configuration. */
  written: Regime | undefined;
  /** Attached accounts that move or show real or demo money; none with --paper. */
  accounts: readonly { id: string; origin?: string }[];
  /** All rules of the box, wherever they come from. */
  rules: readonly HostRule[];
  /** Hosts that the configuration calls a model's. */
  models: readonly string[];
  /** Pinned hosts of registries: in a trade box a lock file alone opens them. */
  registries?: readonly string[];
}

/**
 * The regime of a box.
 * @throws TradeboxError CONFIG_INVALID naming the line that the regime excludes.
 */
export function regimeOf({ written, accounts, rules, models, registries = [] }: RegimeParts): Regime {
  const [account] = accounts;
  const regime = settledRegime(written, accounts.length);
  if (regime === 'research') {
    // There the box may write the file, which would open what it likes.
    const locked = rules.find(({ tarballs }) => tarballs !== undefined);
    if (locked !== undefined)
      throw new TradeboxError(
        'CONFIG_INVALID',
        `${locked.origin}: "lockFile" is for boxes of regime: trade, and this one is research`,
        {
          remedy:
            'Write `regime: trade`, also for a box on paper; or leave "lockFile" out, and the whole registry is open.',
        },
      );
    if (account === undefined) return regime;
    throw refusal(
      `${account.origin ?? `account ${account.id}`}: regime: research attaches no account, and ${account.id} is one`,
    );
  }
  const isLlm = llmTest(models);
  const wide = rules.find(
    (rule) =>
      rule.venue === undefined &&
      rule.host !== internalHosts.echo &&
      !isLlm(rule.host) &&
      !(isEvidence(rule) && !registries.includes(rule.host)) &&
      !isLocked(rule),
  );
  if (wide === undefined) return regime;
  const box = account === undefined ? 'of regime: trade' : `that holds the account ${account.id}`;
  throw refusal(`${wide.origin}: ${describeHost(wide.host)} is not opened to a box ${box}: ${why}`);
}

/** Whether a host is a model's: a known vendor's, or one of those. Nothing with a wildcard is. */
function llmTest(models: readonly string[]): (host: string) => boolean {
  const hosts = new Set([...llmHosts, ...models]);
  return (host) => hosts.has(host);
}

const describeHost = (host: string): string =>
  host.startsWith('*') ? `the wildcard host ${host}` : `the host ${host}`;

/**
 * A box keeps its regime: what read widely would else get an account with all that it has taken in, and the reverse.
 * @throws TradeboxError CONFIG_INVALID
 */
export function assertSameRegime(name: string, before: Regime, now: Regime): void {
  if (before === now) return;
  throw new TradeboxError(
    'CONFIG_INVALID',
    `the box ${name} is ${before}, and its configuration says ${now} now`,
    {
      remedy: `Start a clean box with \`tradebox reset ${name}\`, or put the configuration back.`,
    },
  );
}

/** The regime of a box that `regimeOf` has accepted. */
export const settledRegime = (written: Regime | undefined, accounts: number): Regime =>
  written ?? (accounts === 0 ? 'research' : 'trade');

function refusal(message: string): TradeboxError {
  return new TradeboxError('CONFIG_INVALID', message, {
    remedy:
      'Use two boxes with a configuration and a directory each: `regime: research` to read and install, `regime: trade` for the account (--config <file>). A model’s own credential, or its pin where it takes no key, says `llm: true`; a source that orders cite says `evidence: true`, a registry `lockFile: package-lock.json`.',
  });
}
