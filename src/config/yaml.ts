// A YAML file checked by a zod schema; every complaint carries `file:line:column`. The only home of the `yaml` package.
// Values are never quoted in a complaint: someone may have put a secret in the wrong place (S2).
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { type ErrorCode, TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { keysAt } from './schema-keys.js';

/** One complaint about a document. `line` and `column` start at 1. */
export interface Problem {
  line: number;
  column: number;
  message: string;
}

/** Path to a value in a document: keys and indexes. */
export type ValuePath = readonly (string | number)[];

export interface CheckedDocument<Value> {
  value: Value;
  /** Line of the value (or of its key) at a path; of the nearest parent where the path does not exist. */
  lineOf(path: ValuePath): number;
  /** Throws the error for problems found after the schema, in the same shape. */
  fail(problems: readonly { path: ValuePath; message: string }[]): never;
}

export interface DocumentSource {
  /** File name as it stands in messages. */
  label: string;
  text: string;
  /** Code of the error that a bad document ends in. */
  code: ErrorCode;
  remedy: string;
}

/** Configuration is small; a bigger file is a mistake or an attack on the parser. */
const maxBytes = 256 * 1024;
const shownProblems = 8;

/** Parses and checks a document. Throws a TradeboxError of the source's code with all complaints, one a line. */
export function parseYamlDocument<Schema extends z.ZodType>(
  source: DocumentSource,
  schema: Schema,
): CheckedDocument<z.output<Schema>> {
  if (Buffer.byteLength(source.text) > maxBytes) {
    throw failure(source, [
      { line: 1, column: 1, message: `the file is larger than ${maxBytes / 1024} KiB` },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(source.text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: true,
    merge: false,
    version: '1.2',
    schema: 'core',
  });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const syntax = [...document.errors, ...document.warnings].map(({ pos, code }) => ({
    ...at(pos[0]),
    message: syntaxMessage(code),
  }));
  if (syntax.length > 0) throw failure(source, syntax);
  const foreign = foreignNodes(document).map(({ offset, message }) => ({ ...at(offset), message }));
  if (foreign.length > 0) throw failure(source, foreign);

  const plain: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  const checked = schema.safeParse(plain);
  const position = (path: ValuePath, isKey = false) => at(offsetOf(document, path, isKey));
  if (!checked.success) {
    const problems = checked.error.issues.flatMap((issue) => problemsOf(issue, schema, position));
    throw failure(source, problems);
  }
  return {
    value: checked.data,
    lineOf: (path) => position(path, true).line,
    fail: (problems) => {
      throw failure(
        source,
        problems.map(({ path, message }) => ({ ...position(path), message })),
      );
    },
  };
}

function failure(source: DocumentSource, problems: readonly Problem[]): TradeboxError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = sorted
    .slice(0, shownProblems)
    .map(({ line, column, message }) => `${source.label}:${line}:${column}: ${message}`);
  const rest = sorted.length - shown.length;
  if (rest > 0) shown.push(`and ${rest} more`);
  return new TradeboxError(source.code, shown.join('\n'), { remedy: source.remedy });
}

const syntaxMessages: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'anchors (&…) and aliases (*…) are not used here',
  BAD_DIRECTIVE: 'directives (%…) are not used here',
  BAD_DQ_ESCAPE: 'an unknown escape in a double-quoted string: double the backslash or use single quotes',
  BAD_INDENT: 'the indentation does not fit what stands above, or a bracket is not closed',
  BAD_SCALAR_START: 'a plain value cannot start with this character: put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line: put the value in quotes',
  DUPLICATE_KEY: 'the key appears twice in this mapping',
  MISSING_CHAR: 'a closing quote, bracket, comma or ":" is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, followed by ":"',
  MULTIPLE_DOCS: 'the file holds more than one document',
  NON_STRING_KEY: 'every key must be a plain string',
  TAB_AS_INDENT: 'a tab is not indentation in YAML: use spaces',
  TAG_RESOLVE_FAILED: 'tags (!…) are not used here',
};

/** Our words for the parser's codes; its own messages can quote the text. */
function syntaxMessage(code: string): string {
  return syntaxMessages[code] ?? 'not valid YAML here';
}

/** Anchors, aliases and tags: of no use here, and the base of expansion attacks. */
function foreignNodes(document: Document): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node))
        found.push({ offset, message: 'aliases (*…) are not used here: write the value out' });
      else if (node.anchor !== undefined) found.push({ offset, message: 'anchors (&…) are not used here' });
      else if (node.tag?.startsWith('!') ?? false) {
        found.push({ offset, message: 'tags (!…) are not used here' });
      }
    },
  });
  return found;
}

function problemsOf(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  position: (path: ValuePath, isKey?: boolean) => { line: number; column: number },
): Problem[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...position([...path, key], true),
      message: unknownKey(key, keysAt(schema, path)),
    }));
  }
  const where = path.length === 0 ? '' : `${pathText(path)}: `;
  return [{ ...position(path), message: where + issueMessage(issue) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint =
    near === undefined
      ? known.length === 0
        ? ''
        : `; known: ${known.join(', ')}`
      : `; did you mean "${near}"?`;
  return `unknown key "${key.slice(0, 60)}"${hint}`;
}

function issueMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const isMissing = issue.input === undefined && /received undefined/.test(issue.message);
    const wanted = article(issue.expected);
    return isMissing ? `is missing; ${wanted} is needed` : `must be ${wanted}`;
  }
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
  }
  if (issue.code === 'too_small') return `is too small or too short; at least ${issue.minimum} is needed`;
  if (issue.code === 'too_big') return `is too big or too long; at most ${issue.maximum} is possible`;
  // A key of a record complains inside its own list.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function article(type: string): string {
  const words: Record<string, string> = {
    string: 'a string',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
  };
  return words[type] ?? type;
}

function pathText(path: ValuePath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part + 1}]` : index === 0 ? part : `.${part}`))
    .join('');
}

/** Offset of the value at a path, of its key when asked, of the deepest existing parent otherwise. */
function offsetOf(document: Document, path: ValuePath, isKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [index, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(part));
      if (pair === undefined) return offset;
      offset = startOf(pair.key);
      const isLast = index === path.length - 1;
      node = pair.value;
      // A block value starts on the line after its key; the key says more.
      if (!(isLast && isKey) && isScalar(node)) offset = startOf(node, offset);
      continue;
    }
    const item = isNode(node) && 'items' in node && typeof part === 'number' ? node.items[part] : undefined;
    if (item === undefined) return offset;
    node = item;
    offset = startOf(node, offset);
  }
  return offset;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: unknown, otherwise = 0): number {
  return (isNode(node) ? (node as Node).range?.[0] : undefined) ?? otherwise;
}
