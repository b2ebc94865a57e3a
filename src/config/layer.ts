// Reads one tradebox.yaml into entries with their origins; complaints that need more than one entry are gathered here.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { HostRule } from '../sidecar/settings.js';
import { findVenue } from '../venues/venues.js';
import type {
  AccountConfig,
  AlertConfig,
  Config,
  CredentialConfig,
  LocatedSource,
  PinConfig,
} from './config.js';
import { assertOutside, expandHome, isInside, shortenHome } from './locations.js';
import type { HostEnvironment } from './paths.js';
import { presetRules, registryOf } from './presets.js';
import { assertPrivateDir, assertPrivateFile, assertUnwritableByOthers, errnoOf } from './private-files.js';
import { type ConfigDocument, configSchema } from './schema.js';
import type { SecretSource } from './secret-source.js';
import { type CheckedDocument, parseYamlDocument, type ValuePath } from './yaml.js';

/** The user's own file, the project's found beside the working directory, or one named with --config. */
export type ConfigRole = 'user' | 'project' | 'named';

export interface ConfigFile {
  path: string;
  role: ConfigRole;
}

/** One file's entries, in the form of the merged configuration. */
export interface Layer {
  path: string;
  label: string;
  role: ConfigRole;
  /** SHA-256 hex of what was read: the file's text and the certificates it names. What is approved is this, not a path. */
  digest: string;
  document: ConfigDocument;
  accounts: AccountConfig[];
  credentials: CredentialConfig[];
  hosts: HostRule[];
  registries: Config['registries'];
  pins: PinConfig[];
  alerts: AlertConfig[];
}

/** Reads and checks one file. Throws CONFIG_INVALID, CONFIG_MODE_LOOSE. */
export function readLayer(file: ConfigFile, env: HostEnvironment, workdir: string | undefined): Layer {
  if (file.role === 'user') {
    assertPrivateDir(dirname(file.path));
    assertPrivateFile(file.path);
  } else assertUnwritableByOthers(file.path);
  if (workdir !== undefined) assertOutside(workdir, file.path, 'the configuration');
  const label = shortenHome(file.path, env.home);
  const text = readText(file.path);
  const document = parseYamlDocument(
    {
      label,
      text,
      code: 'CONFIG_INVALID',
      remedy: `Mend ${label}; an example with comments: tradebox init --print`,
    },
    configSchema,
  );
  return new LayerReader(file, label, document, env, workdir).read(text);
}

/** Turns a checked document into a layer. */
class LayerReader {
  readonly #problems: { path: ValuePath; message: string }[] = [];

  constructor(
    readonly file: ConfigFile,
    readonly label: string,
    readonly checked: CheckedDocument<ConfigDocument>,
    readonly env: HostEnvironment,
    readonly workdir: string | undefined,
  ) {}

  read(text: string): Layer {
    const document = this.checked.value;
    const pins = document.pins.map((pin, index) => this.#pin(pin, index));
    const layer: Layer = {
      path: this.file.path,
      label: this.label,
      role: this.file.role,
      digest: digestOf(text, pins),
      document,
      accounts: Object.entries(document.accounts).map(([id, account]) => this.#account(id, account)),
      credentials: Object.entries(document.credentials).map(([id, entry]) => this.#credential(id, entry)),
      hosts: document.hosts.flatMap((entry, index) => {
        const { registry: _registry, preset, lockFile: _lockFile, ...written } = entry;
        const rule = written.evidence === undefined ? written : { ...written, maxBodyBytes: 0 };
        const opened =
          preset === undefined ? [rule] : presetRules(preset).map((one) => ({ ...rule, ...one }));
        return opened.flatMap(({ host, ...more }) =>
          host === undefined ? [] : [{ ...more, host, origin: this.#origin(['hosts', index]) }],
        );
      }),
      registries: document.hosts.flatMap((entry, index) => {
        const { lockFile, reason, requestsPerMinute } = entry;
        const registry = registryOf(entry);
        const origin = this.#origin(['hosts', index]);
        return registry === undefined ? [] : [{ registry, lockFile, requestsPerMinute, reason, origin }];
      }),
      pins,
      alerts: document.alerts.map((alert, index) => this.#alert(alert, index)),
    };
    if (this.#problems.length > 0) this.checked.fail(this.#problems);
    return layer;
  }

  #account(id: string, account: ConfigDocument['accounts'][string]): AccountConfig {
    const path: ValuePath = ['accounts', id];
    const venue = findVenue(account.venue);
    // The schema has refused it already.
    if (venue === undefined) throw new Error(`unknown venue ${account.venue}`);
    const known = venue.credential.map((field) => field.name);
    for (const name of Object.keys(account.credentials)) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const hint = near === undefined ? `it has ${known.join(', ')}` : `did you mean "${near}"?`;
      this.#complain(
        [...path, 'credentials', name],
        `${venue.title} has no credential field of this name; ${hint}`,
      );
    }
    const given = venue.credential.filter((field) => field.name in account.credentials);
    const replaced = given.flatMap((field) => field.insteadOf ?? []);
    const missing = venue.credential.filter(
      (field) => !(field.isOptional ?? false) && !given.includes(field) && !replaced.includes(field.name),
    );
    if (missing.length > 0) {
      const names = missing.map((field) => `"${field.name}"`).join(', ');
      this.#complain([...path, 'credentials'], `${venue.title} needs ${names} as well`);
    }
    const credentials = Object.entries(account.credentials).map(
      ([name, source]) => [name, this.#located(source, [...path, 'credentials', name])] as const,
    );
    return {
      id,
      venue,
      environment: account.environment,
      credentials: Object.fromEntries(credentials),
      origin: this.#origin(path),
    };
  }

  #credential(id: string, entry: ConfigDocument['credentials'][string]): CredentialConfig {
    const path: ValuePath = ['credentials', id];
    if (id in this.checked.value.accounts) {
      this.#complain(path, 'an account has this id already; ids name decoys and must differ');
    }
    return {
      id,
      hosts: entry.hosts,
      placement: placementOf(entry),
      value: this.#located(entry.value, [...path, 'value']),
      env: entry.env,
      isLlm: entry.llm,
      origin: this.#origin(path),
    };
  }

  #alert({ url, ...alert }: ConfigDocument['alerts'][number], index: number): AlertConfig {
    const path: ValuePath = ['alerts', index];
    // S9: who is told of orders is not for the project, which may come from somebody else.
    if (this.file.role === 'project')
      this.#complain(path, 'alerts stand only in your own configuration file or one named with --config');
    return { ...alert, url: this.#located(url, [...path, 'url']) };
  }

  #pin({ ca, llm, registry, ...pin }: ConfigDocument['pins'][number], index: number): PinConfig {
    const path: ValuePath = ['pins', index];
    const located = {
      ...pin,
      ...(llm ? { isLlm: true as const } : {}),
      ...(registry ? { isRegistry: true as const } : {}),
      origin: this.#origin(path),
    };
    if (ca === undefined) return located;
    const pem = this.#readAuthority(resolve(dirname(this.file.path), expandHome(ca, this.env.home)), [
      ...path,
      'ca',
    ]);
    return pem === undefined ? located : { ...located, ca: pem };
  }

  #readAuthority(path: string, at: ValuePath): string | undefined {
    if (!existsSync(path)) return this.#complain(at, 'there is no such file');
    if (this.#isAgents(path))
      return this.#complain(at, 'lies inside the working directory, where the agent can change it (S9)');
    assertUnwritableByOthers(path);
    const pem = readText(path);
    if (pem.includes('PRIVATE KEY'))
      return this.#complain(at, 'holds a private key; name a file with the certificate alone');
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) return this.#complain(at, 'holds no PEM certificate');
    return pem;
  }

  #located(source: SecretSource, path: ValuePath): LocatedSource {
    if (source.scheme === 'command' && this.file.role === 'project') {
      // A project's file may come from someone else's repository: it must not start programs on the host.
      this.#complain(
        path,
        'a command is run only from your own configuration file or one named with --config',
      );
    }
    const baseDir = dirname(this.file.path);
    if (
      source.scheme === 'file' &&
      this.#isAgents(resolve(baseDir, expandHome(source.path, this.env.home)))
    ) {
      this.#complain(path, 'the file lies inside the working directory, where the agent can read it (S13)');
    }
    return { source, baseDir, origin: this.#origin(path) };
  }

  #isAgents(path: string): boolean {
    return this.workdir !== undefined && isInside(this.workdir, path);
  }

  #origin(path: ValuePath): string {
    return `${this.label}:${this.checked.lineOf(path)}`;
  }

  #complain(path: ValuePath, message: string): undefined {
    this.#problems.push({ path, message });
    return undefined;
  }
}

function digestOf(text: string, pins: readonly PinConfig[]): string {
  const parts = [text, ...pins.map(({ ca }) => ca ?? '')];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function placementOf(entry: ConfigDocument['credentials'][string]): CredentialConfig['placement'] {
  if (entry.basic !== undefined) return { in: 'basic', username: entry.basic.username };
  if (entry.query !== undefined) return { in: 'query', name: entry.query };
  if (entry.path !== undefined) return { in: 'path', prefix: entry.path.prefix };
  if (entry.json !== undefined) return { in: 'json', keys: entry.json.split('.') };
  if (entry.socket !== undefined) return { in: 'socket', keys: entry.socket.split('.') };
  if (entry.form !== undefined) return { in: 'form', name: entry.form };
  if (entry.header !== undefined) return { in: 'header', name: entry.header, prefix: entry.prefix ?? '' };
  return { in: 'header', name: 'authorization', prefix: 'Bearer ' };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TradeboxError('CONFIG_INVALID', `cannot read ${path}: ${errnoOf(cause) ?? 'unknown error'}`, {
      remedy: `Check that ${basename(path)} is a file you can read.`,
      cause,
    });
  }
}
