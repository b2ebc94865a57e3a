// The two trust regimes, which exclude each other (S4): a box reads widely, or it moves an account. Pure.
//
// Wide reading is how a foreign instruction comes in, and a way for information to leave; an account is what it would be
// used on. So: `research` = registries, wildcards, any host, and no account; `trade` = venues and models, neither registry
// nor wildcard. Without a regime in the file, a box that gets a real account is `trade`, any other `research`; it may then
// read exact hosts, because those were named one by one. An account of the paper exchange is no account of anybody.
import { TradeboxError } from '../core/errors.js';
import type { HostRule } from '../sidecar/settings.js';
import { isLlmPreset, type Preset, presetRegistry } from './presets.js';

export const regimes = ['research', 'trade'] as const;
export type Regime = (typeof regimes)[number];

interface RegimeProblem {
  path: (string | number)[];
  message: string;
}

interface WrittenConfig {
  regime?: Regime | undefined;
  accounts: Readonly<Record<string, unknown>>;
  hosts: readonly { host?: string | undefined; registry?: string | undefined; preset?: Preset | undefined }[];
}

/** What of a file its own regime excludes. */
export function explainRegime({ regime, accounts, hosts }: WrittenConfig): RegimeProblem[] {
  if (regime === 'research') {
    return Object.keys(accounts).map((id) => ({
      path: ['accounts', id],
      message: 'regime: research holds no account: what reads widely could be talked into using it',
    }));
  }
  if (regime !== 'trade') return [];
  return hosts.flatMap((entry, index) => {
    const { host, registry, preset } = entry;
    if (preset !== undefined && isLlmPreset(preset)) return [];
    const isRegistry =
      registry !== undefined || (preset !== undefined && presetRegistry(preset) !== undefined);
    const what = isRegistry ? 'a registry' : host?.startsWith('*') ? 'a wildcard host' : 'a host of its own';
    return [
      {
        path: ['hosts', index],
        message: `regime: trade opens venues and models only, not ${what}: what a box can read can talk it into trading`,
      },
    ];
  });
}

export interface RegimeParts {
  /** As written in the configuration. */
  written: Regime | undefined;
  /** Attached accounts that move or show real or demo money; none with --paper. */
  accounts: readonly { id: string; origin?: string }[];
  /** Rules of the profile and of the configuration's hosts. */
  rules: readonly HostRule[];
  registryRules: readonly HostRule[];
}

/**
 * The regime of a box.
 * @throws TradeboxError CONFIG_INVALID naming the line that the regime excludes.
 */
export function regimeOf({ written, accounts, rules, registryRules }: RegimeParts): Regime {
  const [account] = accounts;
  const regime = settledRegime(written, accounts.length);
  if (regime === 'research') {
    if (account === undefined) return regime;
    throw refusal(
      `${account.origin ?? `account ${account.id}`}: regime: research attaches no account, and ${account.id} is one`,
    );
  }
  const wide = registryRules[0] ?? rules.find(({ host }) => host.startsWith('*.'));
  if (wide === undefined) return regime;
  const what = registryRules.length > 0 ? 'a registry' : `the wildcard ${wide.host}`;
  const why = account === undefined ? 'of regime: trade' : `that holds the account ${account.id}`;
  throw refusal(`${wide.origin}: ${what} is not opened to a box ${why}`);
}

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
      'Use two boxes with a configuration each: `regime: research` to read and install, `regime: trade` for the account (--config <file>).',
  });
}
