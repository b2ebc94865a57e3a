// Loads configuration for the commands, with the user's approval of files that come from elsewhere: remembered, given by
// --config, or asked for on a terminal after showing what the file grants (S5).
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { describeGrants } from '../config/grants.js';
import type { Layer } from '../config/layer.js';
import { loadConfig } from '../config/load.js';
import type { HostEnvironment } from '../config/paths.js';
import { openTrustStore } from '../config/trust.js';
import { TradeboxError } from '../core/errors.js';
import type { Output } from './output.js';
import type { Prompt } from './prompt.js';
import { printable } from './style.js';

export interface ConfigLoaderOptions {
  env: HostEnvironment;
  /** Directory that relative paths are read from, absolute. */
  cwd: string;
  trustDir: string;
  output: Pick<Output, 'note' | 'isQuiet'>;
  prompt: Pick<Prompt, 'isInteractive' | 'confirm'>;
  /** Value of --config: naming a file approves it as it is at that moment, once. */
  configFile: string | undefined;
}

export interface ConfigPlace {
  workdir?: string | undefined;
  /** A file instead of the user's and the project's. */
  file?: string | undefined;
}

export interface ConfigLoader {
  /** Asks on a terminal about a file that is not approved. Throws CONFIG_… */
  load(place: ConfigPlace): Promise<Config>;
  /** Never asks. Throws CONFIG_… */
  loadApproved(place: ConfigPlace): Config;
}

export function createConfigLoader(options: ConfigLoaderOptions): ConfigLoader {
  const { env, cwd, output, prompt } = options;
  const store = openTrustStore(options.trustDir);
  let named = options.configFile === undefined ? undefined : resolve(cwd, options.configFile);

  const attempt = ({ workdir, file }: ConfigPlace, onUntrusted: (layer: Layer) => void): Config =>
    loadConfig(env, {
      cwd,
      workdir,
      configFile: file,
      isTrusted: (layer) => {
        if (layer.path === named) {
          named = undefined;
          store.approve(layer.path, layer.digest);
        }
        const isTrusted = store.isTrusted(layer.path, layer.digest);
        if (!isTrusted) onUntrusted(layer);
        return isTrusted;
      },
    });

  const load = async (place: ConfigPlace): Promise<Config> => {
    let refused: Layer | undefined;
    try {
      return attempt(place, (layer) => {
        refused = layer;
      });
    } catch (thrown) {
      const isOpen = thrown instanceof TradeboxError && thrown.code === 'CONFIG_UNTRUSTED';
      if (!isOpen || refused === undefined || !prompt.isInteractive || output.isQuiet) throw thrown;
      showGrants(refused, output);
      if (!(await prompt.confirm(`Do you approve ${refused.label}?`, false))) throw thrown;
      // What was shown is approved; a file that changed meanwhile is another one and asked about anew.
      store.approve(refused.path, refused.digest);
      return load(place);
    }
  };
  return { load, loadApproved: (place) => attempt(place, () => {}) };
}

function showGrants(layer: Layer, output: Pick<Output, 'note'>): void {
  const grants = describeGrants(layer);
  output.note(`${printable(layer.label)} grants:`);
  for (const line of grants.length === 0 ? ['nothing'] : grants) output.note(`  ${printable(line)}`);
}
