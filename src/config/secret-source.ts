// Where a secret comes from, as configuration writes it: `vault:name`, `env:NAME`, `file:path`, `command:program args`.

export type SecretSource =
  | { scheme: 'vault'; name: string }
  | { scheme: 'env'; name: string }
  /** `path` as written; relative to the file that names it. */
  | { scheme: 'file'; path: string }
  /** Program and arguments, run without a shell. */
  | { scheme: 'command'; argv: readonly string[] };

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
      return refused(
        'must say where the secret is (vault:name, env:NAME, file:path or command:…); the secret itself never stands in a file',
      );
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
