// Where a secret comes from, as configuration writes it: `vault:name`, `env:NAME`, `file:path`, `command:program args`.

export type SecretSource =
  | { scheme: 'vault'; name: string }
  | { scheme: 'env'; name: string }
  /** `path` as written; relative to the file that names it. */
  | { scheme: 'file'; path: string }
  /** Program and arguments, run without a shell. */
  | { scheme: 'command'; argv: readonly string[] }
  /** The operating system's keyring: `keyring:service/account`. */
  | { scheme: 'keyring'; service: string; account: string }
  /** 1Password: `op://vault/item/field`, as its own client writes it. */
  | { scheme: 'op'; reference: string }
  /** HashiCorp Vault, key-value engine: `hcvault:mount/path#field`. */
  | { scheme: 'hcvault'; path: string; field: string }
  /** pass: `pass:name`, the first line, as pass itself understands a password; `pass:name#all` for all lines. */
  | { scheme: 'pass'; name: string; isWhole: boolean }
  /** AWS Secrets Manager: `aws-sm:id`, or `aws-sm:id#key` for a member of a JSON secret. */
  | { scheme: 'aws-sm'; secretId: string; key?: string }
  /** Google Secret Manager: `gcp-sm:name`, `gcp-sm:project/name`, with `@version` and `#key`; the latest version without. */
  | { scheme: 'gcp-sm'; project?: string; name: string; version: string; key?: string };

export type ParsedSource = { ok: true; source: SecretSource } | { ok: false; message: string };

/** Names in the vault: words of letters, digits, `.`, `_`, `-`, joined by `/`. */
const vaultName = /^[A-Za-z0-9][\w.-]{0,63}(?:\/[A-Za-z0-9][\w.-]{0,63}){0,3}$/;
const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Why a text is no name for a secret in the vault; undefined when it is one. Does not quote it: it may be a secret. */
export function explainVaultName(text: string): string | undefined {
  if (vaultName.test(text)) return undefined;
  return 'a secret\'s name is made of letters, digits, ".", "_" and "-", with "/" between parts, e.g. okx-main/apiKey';
}

/** Parses a source. Messages never quote the text: someone may have written the secret itself (S2). */
export function parseSource(text: string): ParsedSource {
  const colon = text.indexOf(':');
  const scheme = colon === -1 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  switch (scheme) {
    case 'vault': {
      const problem = explainVaultName(rest);
      return problem === undefined ? source({ scheme, name: rest }) : refused(`after "vault:", ${problem}`);
    }
    case 'env':
      return variableName.test(rest)
        ? source({ scheme, name: rest })
        : refused('after "env:" stands the name of an environment variable, e.g. env:OKX_PASSPHRASE');
    case 'file':
      return rest === '' || rest.includes('\0')
        ? refused('after "file:" stands a path, e.g. file:~/.secrets/okx')
        : source({ scheme, path: rest });
    case 'command': {
      const words = splitWords(rest);
      return words.ok ? commandSource(words.words) : refused(words.message);
    }
    default:
      return (
        parseManaged(scheme, rest) ??
        refused(
          'must say where the secret is (vault:name, env:NAME, file:path, command:…, keyring:…, op://…, hcvault:…, pass:…, aws-sm:…, gcp-sm:…); the secret itself never stands in a file',
        )
      );
  }
}

/** One word of another manager's naming: it never begins like an option, and holds no space or control character. */
const word = '[A-Za-z0-9_.@+=:][A-Za-z0-9_.@+=:-]*';
const words = `${word}(?:/${word})*`;
const managed = {
  keyring: new RegExp(`^(${word}(?: ${word})*)/(${word}(?: ${word})*)$`),
  op: /^\/\/[\w .@()-]+(?:\/[\w .@()-]+){2,3}(?:\?[\w=&-]+)?$/,
  hcvault: new RegExp(`^(${words})#(${word})$`),
  pass: new RegExp(`^(${words})(#all)?$`),
  'aws-sm': new RegExp(`^(${words}(?:-[A-Za-z0-9]+)?)(?:#(${word}))?$`),
  'gcp-sm':
    /^(?:([a-z][a-z0-9:.-]+)\/)?([A-Za-z0-9_][A-Za-z0-9_-]*)(?:@(latest|\d+|[A-Za-z_][\w-]*))?(?:#([\w.-]+))?$/,
} as const;

/** What each form looks like, for complaints: the text itself is not quoted. */
const forms: Readonly<Record<keyof typeof managed, string>> = {
  keyring: 'keyring:service/account',
  op: 'op://vault/item/field',
  hcvault: 'hcvault:secret/trading/okx#apiKey',
  pass: 'pass:trading/okx',
  'aws-sm': 'aws-sm:trading/okx#apiKey',
  'gcp-sm': 'gcp-sm:project/name',
};

/** The sources of other password managers; undefined for a scheme that is none of them. */
function parseManaged(scheme: string, rest: string): ParsedSource | undefined {
  if (!Object.hasOwn(managed, scheme)) return undefined;
  const kind = scheme as keyof typeof managed;
  const [whole, first = '', second, third, fourth] = managed[kind].exec(rest) ?? [];
  if (whole === undefined) return refused(`is not of the form ${forms[kind]}`);
  switch (kind) {
    case 'keyring':
      return source({ scheme: kind, service: first, account: second ?? '' });
    case 'op':
      return source({ scheme: kind, reference: `op:${whole}` });
    case 'hcvault':
      return source({ scheme: kind, path: first, field: second ?? '' });
    case 'pass':
      return source({ scheme: kind, name: first, isWhole: second !== undefined });
    case 'aws-sm':
      return source({ scheme: kind, secretId: first, ...(second === undefined ? {} : { key: second }) });
    case 'gcp-sm':
      return source({
        scheme: kind,
        ...(first === '' ? {} : { project: first }),
        name: second ?? '',
        version: third ?? 'latest',
        ...(fourth === undefined ? {} : { key: fourth }),
      });
  }
}

/** A command source from a list of program and arguments. */
export function commandSource(argv: readonly string[]): ParsedSource {
  if (argv[0] === undefined || argv[0] === '')
    return refused('after "command:" stands a program, e.g. command:op read op://trading/okx/key');
  if (argv.some((word) => word.includes('\0'))) return refused('a command holds a NUL character');
  return source({ scheme: 'command', argv });
}

/** A source in one line, for people. A command shows its program only: its arguments may say too much. */
export function describeSource(from: SecretSource): string {
  switch (from.scheme) {
    case 'vault':
    case 'env':
      return `${from.scheme}:${from.name}`;
    case 'file':
      return `file:${from.path}`;
    case 'command':
      return `command:${from.argv[0] ?? ''}${from.argv.length > 1 ? ' …' : ''}`;
    case 'keyring':
      return `keyring:${from.service}/${from.account}`;
    case 'op':
      return from.reference;
    case 'hcvault':
      return `hcvault:${from.path}#${from.field}`;
    case 'pass':
      return `pass:${from.name}${from.isWhole ? '#all' : ''}`;
    case 'aws-sm':
      return `aws-sm:${from.secretId}${from.key === undefined ? '' : `#${from.key}`}`;
    case 'gcp-sm':
      return `gcp-sm:${from.project === undefined ? '' : `${from.project}/`}${from.name}@${from.version}${from.key === undefined ? '' : `#${from.key}`}`;
  }
}

type Words = { ok: true; words: string[] } | { ok: false; message: string };

/**
 * Splits a command line into words: spaces separate, single quotes keep everything, double quotes keep everything but
 * `\"` and `\\`, a backslash outside quotes keeps the next character. Nothing is expanded: no variables, globs or `~`.
 */
export function splitWords(line: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const char = line.charAt(index);
    const next = line.charAt(index + 1);
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (quote === '"' && char === '\\' && (next === '"' || next === '\\')) {
        word += next;
        index += 1;
      } else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (char === '\\') {
      if (next === '') return { ok: false, message: 'the command ends in a lone backslash' };
      word = (word ?? '') + next;
      index += 1;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') return { ok: false, message: 'the command has a quote that is not closed' };
  if (word !== undefined) words.push(word);
  return { ok: true, words };
}

function source(value: SecretSource): ParsedSource {
  return { ok: true, source: value };
}

function refused(message: string): ParsedSource {
  return { ok: false, message };
}
