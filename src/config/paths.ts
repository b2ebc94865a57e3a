// Where tradebox's files live on the host, and the typed view of the host's environment. The only reader of process.env on the host.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { TradeboxError } from '../core/errors.js';
import { Secret } from '../core/secret.js';

/** What tradebox reads from the environment of its own process. */
export interface HostEnvironment {
  /** Home directory of the caller, absolute. */
  readonly home: string;
  readonly tradeboxHome: string | undefined;
  readonly xdgConfigHome: string | undefined;
  readonly xdgStateHome: string | undefined;
  readonly xdgRuntimeDir: string | undefined;
  readonly dockerHost: string | undefined;
  readonly dockerContext: string | undefined;
  readonly dockerConfig: string | undefined;
  readonly dockerCertPath: string | undefined;
  readonly isDockerTlsVerify: boolean;
  readonly noColor: boolean;
  readonly forceColor: boolean;
  readonly term: string | undefined;
  readonly passphrase: Secret | undefined;
  readonly passphraseFile: string | undefined;
  /** The value of an `env:` source; undefined when the variable is not set. */
  variable(name: string): Secret | undefined;
  /** The environment for client programs that tradebox starts on the host; without the vault's passphrase (S2). */
  forChildren(): Record<string, string>;
}

/** Where everything lives, absolute. */
export interface Paths {
  readonly configDir: string;
  /** The user's own `tradebox.yaml`. */
  readonly configFile: string;
  readonly profilesDir: string;
  readonly stateDir: string;
  readonly vaultFile: string;
  readonly snapshotsDir: string;
  /** Approvals of projects' configuration files. */
  readonly trustDir: string;
  readonly logsDir: string;
  readonly sandboxesDir: string;
  readonly accountsDir: string;
  /** Host directory of one box: `box.json`, `journal/`. */
  sandboxDir(name: string): string;
}

const ownVariables = new Set(['TRADEBOX_PASSPHRASE', 'TRADEBOX_PASSPHRASE_FILE']);

/** Reads the process's environment, once, at the start of the program. */
export function readHostEnvironment(variables: NodeJS.ProcessEnv = process.env): HostEnvironment {
  const text = (name: string): string | undefined => variables[name] || undefined;
  const passphrase = variables.TRADEBOX_PASSPHRASE;
  return {
    home: text('HOME') ?? homedir(),
    tradeboxHome: text('TRADEBOX_HOME'),
    xdgConfigHome: text('XDG_CONFIG_HOME'),
    xdgStateHome: text('XDG_STATE_HOME'),
    xdgRuntimeDir: text('XDG_RUNTIME_DIR'),
    dockerHost: text('DOCKER_HOST'),
    dockerContext: text('DOCKER_CONTEXT'),
    dockerConfig: text('DOCKER_CONFIG'),
    dockerCertPath: text('DOCKER_CERT_PATH'),
    isDockerTlsVerify: text('DOCKER_TLS_VERIFY') !== undefined,
    noColor: text('NO_COLOR') !== undefined,
    forceColor: text('FORCE_COLOR') !== undefined && text('FORCE_COLOR') !== '0',
    term: text('TERM'),
    passphrase: passphrase === undefined || passphrase === '' ? undefined : new Secret(passphrase),
    passphraseFile: text('TRADEBOX_PASSPHRASE_FILE'),
    variable: (name) => {
      const value = variables[name];
      return value === undefined ? undefined : new Secret(value);
    },
    forChildren: () => {
      const entries = Object.entries(variables).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && !ownVariables.has(entry[0]),
      );
      return Object.fromEntries(entries);
    },
  };
}

/**
 * The paths for an environment: `TRADEBOX_HOME/{config,state}`, else the XDG base directories.
 * A relative XDG variable is ignored, as the XDG base directory specification (0.8) demands.
 * Throws CONFIG_INVALID when TRADEBOX_HOME is relative.
 */
export function resolvePaths(env: HostEnvironment): Paths {
  const { configDir, stateDir } = baseDirs(env);
  const sandboxesDir = join(stateDir, 'sandboxes');
  return {
    configDir,
    configFile: join(configDir, 'tradebox.yaml'),
    profilesDir: join(configDir, 'profiles'),
    stateDir,
    vaultFile: join(stateDir, 'vault'),
    snapshotsDir: join(stateDir, 'snapshots'),
    trustDir: join(stateDir, 'trust'),
    logsDir: join(stateDir, 'logs'),
    sandboxesDir,
    accountsDir: join(stateDir, 'accounts'),
    sandboxDir: (name) => join(sandboxesDir, name),
  };
}

function baseDirs(env: HostEnvironment): { configDir: string; stateDir: string } {
  if (env.tradeboxHome !== undefined) {
    if (!isAbsolute(env.tradeboxHome)) {
      throw new TradeboxError('CONFIG_INVALID', 'TRADEBOX_HOME is not an absolute path', {
        remedy: 'Set TRADEBOX_HOME to a path that starts with /.',
      });
    }
    return { configDir: join(env.tradeboxHome, 'config'), stateDir: join(env.tradeboxHome, 'state') };
  }
  const configBase = absolute(env.xdgConfigHome) ?? join(env.home, '.config');
  const stateBase = absolute(env.xdgStateHome) ?? join(env.home, '.local', 'state');
  return { configDir: join(configBase, 'tradebox'), stateDir: join(stateBase, 'tradebox') };
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
