// The layout rules of STYLE and DESIGN §3 as pure functions from a file to a complaint; test/unit/layout.test.ts runs them and their canaries.
import ts from 'typescript';

/** A file of the repository: path relative to the root, and its text. */
export interface RepositoryFile {
  path: string;
  text: string;
}

/** Returns what to do about the file, or undefined when it keeps the rule. */
export type LayoutRule = (file: RepositoryFile) => string | undefined;

export const maxLines = 350;

/** Where `reveal()` may stand (S2): signing and injecting, sealing the vault, handing settings to the sidecar, hunting for leaks. */
const revealHomes = [
  'src/core/secret.ts',
  'src/cli/launch/',
  'src/vault/',
  'src/venues/',
  'src/sidecar/credentials.ts',
  'src/sidecar/stages/',
  'src/sidecar/alerts/',
  // Builds the scrubber's patterns (S6).
  'src/sidecar/start.ts',
  'src/paper/',
  'src/diagnose/checks/decoys.ts',
  // Searches the working directory for real values before the agent gets it (S13).
  'src/sandbox/secret-scan/secret-scan.ts',
];

/** Where `process.env` may be read or handed on. */
const environmentHomes = ['src/config/'];

/** Who may write to stdout: results on the host, what it answers at once, the one line of the sidecar, the probe's answer, a machine's kernel. */
const stdoutHomes = [
  'src/cli/output.ts',
  'src/launcher.ts',
  'src/sidecar/main.ts',
  'src/diagnose/probe/main.ts',
  'src/vm/main.ts',
];

const vagueName = /(^|[/-])(utils?|helpers?|managers?|common|misc|stuff)([/.-]|$)/;
const leftOpen = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'not imple' + 'mented', 'st' + 'ub'].join('|')})\\b`,
);

/** Rules for each file below src/. */
export const sourceRules = {
  'kebab-case names': ({ path }) =>
    /^src(\/[a-z0-9]+(-[a-z0-9]+)*)+\.ts$/.test(path) ? undefined : 'rename it to kebab-case',

  'names that say what a thing is': ({ path }) =>
    vagueName.test(path) ? 'name it after what it holds, in the words of the field' : undefined,

  'nothing of Intl is made when a module loads': ({ text }) =>
    /^(export )?(const|let) [^\n=]+= (Object\.freeze\()?new Intl\./m.test(text)
      ? 'make it when it is first used: the snapshot that the sidecar starts from holds none'
      : undefined,

  'no file is too long': ({ text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > maxLines
      ? `${lines} lines: make it a folder of the same name with the same export`
      : undefined;
  },

  'reveal() only where a secret is signed, injected, stored or handed over (S2)': (file) =>
    accesses(file).some((access) => access.endsWith('.reveal')) && !isWithin(revealHomes, file)
      ? `pass the Secret on; reveal() belongs in ${revealHomes.join(', ')}`
      : undefined,

  'process.env only in config/': (file) =>
    accesses(file).some((access) => /^(globalThis\.)?process(\.env$|\[)/.test(access)) &&
    !isWithin(environmentHomes, file)
      ? `take the value as an argument; process.env belongs in ${environmentHomes.join(', ')}`
      : undefined,

  'stdout only in the output file and the inner programs': (file) =>
    accesses(file).some((access) => /^(process\.stdout\.write|console\.\w+)$/.test(access)) &&
    !isWithin(stdoutHomes, file)
      ? `return the value; stdout belongs to ${stdoutHomes.join(', ')}`
      : undefined,

  'named exports only': (file) =>
    parse(file).statements.some(isDefaultExport) ? 'use a named export' : undefined,
} satisfies Record<string, LayoutRule>;

/** Rules for each TypeScript file below src/ and test/. */
export const typescriptRules = {
  'the first line says the role of the file': ({ text }) => {
    const first = text.startsWith('#!/usr/bin/env node\n') ? text.split('\n')[1] : text.split('\n')[0];
    return /^\/\/ \S.{14,}/.test(first ?? '')
      ? undefined
      : 'start it with a `// …` line that says the role of the file';
  },
} satisfies Record<string, LayoutRule>;

/** Rules for what ships or builds: src/, images/, profiles/, scripts/. */
export const shippedRules = {
  'nothing is left open': ({ text }) => {
    const mark = leftOpen.exec(text);
    return mark === null ? undefined : `says "${mark[0]}": finish it or take it out`;
  },
} satisfies Record<string, LayoutRule>;

// Split, so that this file does not name them either.
const registryHosts = [
  ['registry.npm', 'js.org'],
  ['registry.yarn', 'pkg.com'],
  ['deb.deb', 'ian.org'],
  ['security.deb', 'ian.org'],
  ['snapshot.deb', 'ian.org'],
  ['archive.ubu', 'ntu.com'],
  ['py', 'pi.org'],
  ['files.python', 'hosted.org'],
].map((parts) => parts.join(''));
const machineDirectory = new RegExp(['/wor', 'k/(main|shared|steering|\\.library|\\.mirror)'].join(''));
const privateKey = new RegExp(
  ['-----BEGIN ', '(EC |RSA |ENCRYPTED |OPENSSH )?PRIVATE KEY-----(\\\\n|\\s)+[A-Za-z0-9+/=]{40}'].join(''),
);

/** Rules for every file that is or would be committed. */
export const treeRules = {
  'no package registry host': ({ text }) => {
    const host = registryHosts.find((name) => text.includes(name));
    return host === undefined
      ? undefined
      : `names ${host}: read it at run time from the client's own configuration`;
  },
  'no directory of one machine': ({ text }) =>
    machineDirectory.test(text)
      ? 'names a directory of one machine: make it relative or an argument'
      : undefined,
  'no key material': ({ text }) => (privateKey.test(text) ? 'make the key at run time' : undefined),
} satisfies Record<string, LayoutRule>;

/** Whether a file does anything beyond declaring types, constants and schemas: it holds a function or class with a body. */
export function hasLogic(file: RepositoryFile): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    if (found) return;
    const isFunction = ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
    if (isFunction || ts.isClassDeclaration(node)) found = true;
    else ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

/** Every property access of the code as written, `a.b.c` and `a[`; strings and comments do not count. */
const accessed = new WeakMap<RepositoryFile, readonly string[]>();

function accesses(file: RepositoryFile): readonly string[] {
  let found = accessed.get(file);
  if (found === undefined) {
    found = findAccesses(file);
    accessed.set(file, found);
  }
  return found;
}

function findAccesses(file: RepositoryFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) found.push(node.getText().replace(/\s|\?/g, ''));
    if (ts.isElementAccessExpression(node)) found.push(`${node.expression.getText()}[`);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

function isDefaultExport(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

/** Several rules ask for each file. */
const parsed = new WeakMap<RepositoryFile, ts.SourceFile>();

function parse(file: RepositoryFile): ts.SourceFile {
  let source = parsed.get(file);
  if (source === undefined) {
    source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
    parsed.set(file, source);
  }
  return source;
}

function isWithin(homes: readonly string[], { path }: RepositoryFile): boolean {
  return homes.some((home) => (home.endsWith('/') ? path.startsWith(home) : path === home));
}
