// Finds, reads, checks and merges tradebox.yaml.
//
// Which files: the one named with --config, and nothing else; otherwise the user's own (`~/.config/tradebox/tradebox.yaml`)
// and, over it, the project's (`tradebox.yaml` beside the working directory). Merging: accounts and credentials by id, the
// project's entry replaces the user's; hosts, registries and pins add up; mode, regime, each limit and each
// severity of taint, the project's wins.
// S5: a project's file may come from someone else and can send the user's secrets to its own hosts; only one that the user
// has approved as it is now counts. The user's own needs no approval.
// S9: nothing is read from inside the working directory, and a file there is refused, not overlooked.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TradeboxError } from '../core/errors.js';
import { type IsolationId, isolationIds } from '../core/isolation.js';
import { type Config, defaultLimits, defaultSnapshots } from './config.js';
import { type ConfigFile, type ConfigRole, type Layer, readLayer } from './layer.js';
import { realPath } from './locations.js';
import { type HostEnvironment, type Paths, resolvePaths } from './paths.js';
import { shellWord } from './private-files.js';

export const configFileName = 'tradebox.yaml';

export interface LoadOptions {
  /** Directory that relative arguments are read from, absolute. */
  cwd: string;
  /** The working directory of the box, as given. Without one, no project file is read. */
  workdir?: string | undefined;
  /** File named with --config. */
  configFile?: string | undefined;
  /** Whether the user has approved a project's or a named file as it is now; none is approved when absent. */
  isTrusted?: ((layer: Layer) => boolean) | undefined;
}

/** Files that come from elsewhere than the user's own configuration directory. */
const foreignRoles: readonly ConfigRole[] = ['project', 'named'];

/**
 * Loads the configuration of a box; an empty one when no file exists.
 * Throws CONFIG_INVALID (`file:line:column: message` lines), CONFIG_MODE_LOOSE, CONFIG_UNTRUSTED and, for --config, CONFIG_NOT_FOUND.
 */
export function loadConfig(env: HostEnvironment, options: LoadOptions): Config {
  const paths = resolvePaths(env);
  const workdir = options.workdir === undefined ? undefined : resolve(options.cwd, options.workdir);
  if (workdir !== undefined) refusePlanted(workdir);
  const layers = findFiles(paths, options, workdir).map((file) => readLayer(file, env, workdir));
  for (const layer of layers) {
    if (!foreignRoles.includes(layer.role) || options.isTrusted?.(layer) === true) continue;
    throw untrusted(layer);
  }
  return merge(layers);
}

function untrusted({ path, label }: Layer): TradeboxError {
  return new TradeboxError(
    'CONFIG_UNTRUSTED',
    `you have not approved ${label} as it is now: it may name your secrets together with hosts of its own`,
    { remedy: `See what it grants, and approve it: tradebox trust ${shellWord(path)}` },
  );
}

/** S9: an agent that writes a tradebox.yaml into its own directory must not be read, nor make the user believe it counts. */
function refusePlanted(workdir: string): void {
  const planted = join(workdir, configFileName);
  if (!existsSync(planted)) return;
  throw new TradeboxError(
    'CONFIG_INVALID',
    `${planted} lies inside the working directory, where the agent can change it (S9)`,
    {
      remedy: `Move it beside the working directory, to ${join(dirname(workdir), configFileName)}, after reading what is in it.`,
    },
  );
}

function findFiles(paths: Paths, options: LoadOptions, workdir: string | undefined): ConfigFile[] {
  if (options.configFile !== undefined) {
    const path = resolve(options.cwd, options.configFile);
    if (!existsSync(path)) {
      throw new TradeboxError('CONFIG_NOT_FOUND', `there is no file ${path}`, {
        remedy: 'Check the path after --config, or write one with: tradebox init',
      });
    }
    return [{ path, role: 'named' }];
  }
  const seen = new Set<string>();
  return ownPlaces(paths, workdir).filter(({ path }) => {
    if (!existsSync(path) || seen.has(realPath(path))) return false;
    seen.add(realPath(path));
    return true;
  });
}

function ownPlaces(paths: Paths, workdir: string | undefined): ConfigFile[] {
  const files: ConfigFile[] = [{ path: paths.configFile, role: 'user' }];
  if (workdir !== undefined)
    files.push({ path: join(dirname(realPath(workdir)), configFileName), role: 'project' });
  return files;
}

/** Where the configuration of a box is read from, absolute, whether there is a file or not. */
export function configPlaces(env: HostEnvironment, options: Omit<LoadOptions, 'isTrusted'>): string[] {
  if (options.configFile !== undefined) return [resolve(options.cwd, options.configFile)];
  const workdir = options.workdir === undefined ? undefined : resolve(options.cwd, options.workdir);
  return ownPlaces(resolvePaths(env), workdir).map(({ path }) => path);
}

function merge(layers: readonly Layer[]): Config {
  const byId = <Entry extends { id: string }>(entries: readonly Entry[]): Entry[] => [
    ...new Map(entries.map((entry) => [entry.id, entry])).values(),
  ];
  const accounts = byId(layers.flatMap((layer) => layer.accounts));
  const credentials = byId(layers.flatMap((layer) => layer.credentials));
  const shared = credentials.find(({ id }) => accounts.some((account) => account.id === id));
  if (shared !== undefined) {
    throw new TradeboxError(
      'CONFIG_INVALID',
      `${shared.origin}: the id "${shared.id}" is an account's id in another file`,
      {
        remedy: 'Give the account or the credential another id.',
      },
    );
  }
  const pins = layers.flatMap((layer) => layer.pins);
  const twice = pins.find((pin, index) => pins.findIndex(({ host }) => host === pin.host) !== index);
  if (twice !== undefined) {
    throw new TradeboxError('CONFIG_INVALID', `${twice.origin}: ${twice.host} is pinned twice`, {
      remedy: 'Keep one of the two pins.',
    });
  }
  return {
    files: layers.map((layer) => layer.path),
    mode: layers.findLast((layer) => layer.document.mode !== undefined)?.document.mode ?? 'readonly',
    accounts,
    credentials,
    hosts: layers.flatMap((layer) => layer.hosts),
    registries: layers.flatMap((layer) => layer.registries),
    pins,
    isolation: layers.findLast((layer) => layer.document.isolation !== undefined)?.document.isolation,
    regime: layers.findLast((layer) => layer.document.regime !== undefined)?.document.regime,
    taint: Object.assign({}, ...layers.map((layer) => layer.document.taint)),
    ...mergeOrders(layers),
    liveIsolation: strictestOf(layers.map(({ document }) => document.live?.isolation)),
    ...mergeAlerts(layers),
    canary: layers.findLast((layer) => layer.document.canary !== undefined)?.document.canary,
    workdir: {
      writable:
        layers.findLast(({ document }) => document.workdir.writable !== undefined)?.document.workdir
          .writable ?? [],
      unsearched:
        layers.findLast(({ document }) => document.workdir.unsearched !== undefined)?.document.workdir
          .unsearched ?? [],
      snapshots: Object.assign(
        {},
        defaultSnapshots,
        ...layers.map(({ document }) => definedOf(document.workdir.snapshots ?? {})),
      ),
    },
    limits: Object.assign({}, defaultLimits, ...layers.map((layer) => definedOf(layer.document.limits))),
  };
}

/** S9: no file takes back what another demands. */
function strictestOf(written: readonly (IsolationId | undefined)[]): IsolationId | undefined {
  return isolationIds.findLast((id) => written.includes(id));
}

function definedOf<Value>(record: Record<string, Value | undefined>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

function mergeAlerts(layers: readonly Layer[]): Pick<Config, 'alerts'> {
  const alerts = layers.flatMap((layer) => layer.alerts);
  return alerts.length === 0 ? {} : { alerts };
}

/** Member by member, the project's over the user's. */
function mergeOrders(layers: readonly Layer[]): Pick<Config, 'orders'> {
  const written = layers.flatMap(({ document: { orders } }) => (orders === undefined ? [] : [orders]));
  if (written.length === 0) return {};
  return {
    orders: {
      approval: Object.assign({}, ...written.map(({ approval }) => approval)),
      reflexes: Object.assign({}, ...written.map(({ reflexes }) => reflexes)),
    },
  };
}
