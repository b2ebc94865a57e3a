// The composition root: what every command gets from the outside. Heavy rooms are imported when they are first asked for.
import type { Config } from '../config/config.js';
import type { HostEnvironment, Paths } from '../config/paths.js';
import type { Clock } from '../core/clock.js';
import type { VaultPassphrase } from '../vault/passphrase.js';
import type { SecretResolver } from '../vault/resolve.js';
import type { Interrupts } from './interrupts.js';
import type { Output, OutputStream } from './output.js';
import type { InputStream, Prompt } from './prompt.js';
import type { ConfigLoader } from './trusted-config.js';

/** The process around the CLI, so that tests can give another. */
export interface HostProcess {
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  env: HostEnvironment;
  /** Current directory, absolute. */
  cwd: string;
  clock: Clock;
  interrupts: Interrupts;
}

export interface CliContext extends HostProcess {
  readonly paths: Paths;
  readonly output: Output;
  readonly prompt: Prompt;
  /** Value of --config, as given. */
  readonly configFile: string | undefined;
  /** The configuration for a working directory, or without one the user's own. --config wins over both; `file` over it. */
  loadConfig(workdir?: string, file?: string): Promise<Config>;
  /** The same, for when nobody can be asked: a file that changed and is not approved is refused. */
  loadApprovedConfig(workdir?: string, file?: string): Promise<Config>;
  /** Turns sources into secrets; asks for the vault's passphrase once, and only when a source lies in the vault. */
  secretResolver(): Promise<SecretResolver>;
  /** The vault's passphrase: from its variables, or asked for. */
  readonly passphrase: VaultPassphrase;
}

export interface ContextOptions {
  host: HostProcess;
  paths: Paths;
  output: Output;
  prompt: Prompt;
  passphrase: VaultPassphrase;
  /** Value of --config. */
  configFile: string | undefined;
}

export function createContext(options: ContextOptions): CliContext {
  const { host, configFile, ...parts } = options;
  const { stdout, stderr, env, cwd, clock, interrupts } = host;
  let resolver: Promise<SecretResolver> | undefined;
  let loader: Promise<ConfigLoader> | undefined;
  const configLoader = (): Promise<ConfigLoader> => {
    loader ??= import('./trusted-config.js').then(({ createConfigLoader }) =>
      createConfigLoader({
        env: host.env,
        cwd: host.cwd,
        trustDir: parts.paths.trustDir,
        output: parts.output,
        prompt: parts.prompt,
        configFile,
      }),
    );
    return loader;
  };
  return {
    /** Opened when it is first asked for. */
    get stdin() {
      return host.stdin;
    },
    stdout,
    stderr,
    env,
    cwd,
    clock,
    interrupts,
    ...parts,
    configFile,
    loadConfig: async (workdir, file = configFile) => (await configLoader()).load({ workdir, file }),
    loadApprovedConfig: async (workdir, file = configFile) =>
      (await configLoader()).loadApproved({ workdir, file }),
    secretResolver: () => {
      resolver ??= import('../vault/resolve.js').then(({ createSecretResolver }) =>
        createSecretResolver({
          env: host.env,
          clock: host.clock,
          paths: parts.paths,
          passphrase: parts.passphrase,
        }),
      );
      return resolver;
    },
  };
}
