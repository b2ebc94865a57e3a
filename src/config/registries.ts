// Package registries by kind: their hosts come from the client configuration of the user who runs tradebox, never from us.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TradeboxError } from '../core/errors.js';
import type { HostRule } from '../sidecar/settings.js';
import type { RegistryConfig } from './config.js';
import { type RunHostCommand, runHostCommand } from './host-command.js';
import { explainHostName, explainVenueHost } from './host-pattern.js';
import type { HostEnvironment } from './paths.js';
import { rememberingAnswers } from './remembered-answers.js';
import type { RegistryKind } from './schema.js';

/** What the outside is asked; tests give another. */
export interface RegistryPlaces {
  run: RunHostCommand;
  /** Directory with `sources.list` and `sources.list.d/`. */
  aptDir: string;
}

/** What a start has asked, a reload of the same process need not ask again. */
const hostPlaces: RegistryPlaces = { run: rememberingAnswers(runHostCommand), aptDir: '/etc/apt' };
const timeoutMs = 15_000;
const maxBytes = 64 * 1024;

/**
 * Rules that open the named registries for reading. Throws CONFIG_INVALID, with the entry's origin, when the client is not
 * configured, or names a registry without TLS.
 */
export async function resolveRegistries(
  registries: readonly RegistryConfig[],
  env: HostEnvironment,
  places: RegistryPlaces = hostPlaces,
): Promise<HostRule[]> {
  const rules: HostRule[] = [];
  for (const { registry, reason, origin, lockFile, requestsPerMinute } of registries) {
    // S4: of these only what the file names is opened (cli/launch/locked.ts).
    if (lockFile !== undefined) continue;
    const urls = await registryUrls[registry](env, places);
    const hosts = tlsHosts(urls);
    if (hosts.length === 0) throw unusable(registry, origin, urls.length > 0);
    for (const { host, port } of hosts) {
      const rate = requestsPerMinute === undefined ? {} : { requestsPerMinute };
      const readOnly = { ports: [port], methods: ['GET', 'HEAD'], paths: ['/**'], maxBodyBytes: 0 };
      rules.push({ host, ...readOnly, ...rate, reason, origin });
    }
  }
  return rules;
}

/**
 * npm's registry as the user has configured it, and npm's own default, which stands in lock files for the configured one (npm's
 * "config", `replace-registry-host`). Throws CONFIG_INVALID as above; a user name in the address is left out (S2).
 */
export async function npmRegistries(
  { registry: kind, origin }: Pick<RegistryConfig, 'registry' | 'origin'>,
  env: HostEnvironment,
  places: RegistryPlaces = hostPlaces,
): Promise<{ registry: URL; standard: URL | undefined }> {
  const [urls, listed] = await Promise.all([
    registryUrls.npm(env, places),
    linesOf(places.run, ['npm', 'config', 'list', '--long'], env),
  ]);
  const [url = ''] = urls;
  if (tlsHosts([url]).length === 0) throw unusable(kind, origin, urls.length > 0);
  // The defaults come first, those that a file overrides as comments.
  const line = listed.find((one) => /^(?:; )?registry = /.test(one));
  const standard = line?.match(/= "(https:[^"]*)"/)?.[1];
  return {
    registry: new URL(new URL(url).pathname, new URL(url).origin),
    standard: standard !== undefined && URL.canParse(standard) ? new URL(standard) : undefined,
  };
}

const registryUrls: Record<
  RegistryKind,
  (env: HostEnvironment, places: RegistryPlaces) => Promise<string[]>
> = {
  npm: (env, { run }) => linesOf(run, ['npm', 'config', 'get', 'registry'], env),
  pypi: async (env, { run }) => {
    const fromVariable = env.forChildren().PIP_INDEX_URL;
    if (fromVariable !== undefined) return [fromVariable];
    const asModule = await linesOf(run, ['python3', '-m', 'pip', 'config', 'get', 'global.index-url'], env);
    return asModule.length > 0 ? asModule : linesOf(run, ['pip', 'config', 'get', 'global.index-url'], env);
  },
  debian: async (_env, { aptDir }) => aptSources(aptDir).flatMap(urlsOfSources),
};

const clients: Record<RegistryKind, string> = {
  npm: 'npm config set registry https://…',
  pypi: 'pip config set global.index-url https://…',
  debian: 'https:// sources in /etc/apt/sources.list.d/',
};

function unusable(registry: RegistryKind, origin: string, hasUrl: boolean): TradeboxError {
  const why = hasUrl ? 'names no registry with TLS' : 'names no registry';
  return new TradeboxError(
    'CONFIG_INVALID',
    `${origin}: this user's client configuration for ${registry} ${why}`,
    {
      remedy: `Configure the client (${clients[registry]}), or name the host with "host:" instead of "registry:".`,
    },
  );
}

/** Each https URL's host and port, once. Credentials in a URL stay out of it. */
function tlsHosts(urls: readonly string[]): { host: string; port: number }[] {
  const found = new Map<string, { host: string; port: number }>();
  for (const text of urls) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== 'https:') continue;
    const host = url.hostname;
    if (explainHostName(host) !== undefined || explainVenueHost(host) !== undefined) continue;
    const port = url.port === '' ? 443 : Number(url.port);
    found.set(`${host}:${port}`, { host, port });
  }
  return [...found.values()];
}

async function linesOf(
  run: RunHostCommand,
  argv: readonly string[],
  env: HostEnvironment,
): Promise<string[]> {
  const ended = await run(argv, { env, cwd: env.home, timeoutMs, maxBytes });
  if (!ended.ok) return [];
  return ended.stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Texts of apt's source files, one-line style and deb822 style (sources.list(5)). */
function aptSources(dir: string): string[] {
  const partsDir = join(dir, 'sources.list.d');
  const parts = existsSync(partsDir)
    ? readdirSync(partsDir).filter((name) => /\.(?:list|sources)$/.test(name))
    : [];
  return [join(dir, 'sources.list'), ...parts.sort().map((name) => join(partsDir, name))]
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'));
}

function urlsOfSources(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^(?:deb(?:-src)?\s|URIs:)/.test(line))
    .flatMap((line) => line.split(/\s+/).filter((word) => word.includes('://')));
}
