// The await points of the order path, found in its sources and named by file, function and what is waited for: a program that is built
// with them can be killed at each.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

const source = path.resolve(import.meta.dirname, '../../src');

/** From an order's arrival to its known outcome, and what a kill does. What only watches, counts or tells of accounts is not on it. */
export const orderPath: readonly string[] = [
  'audit/journal.ts',
  'orders/desk.ts',
  'orders/join-judges.ts',
  'orders/mode-judge.ts',
  'sidecar/http1/flight.ts',
  'sidecar/http1/relay.ts',
  'sidecar/orders/cancel-late.ts',
  'sidecar/orders/flatten.ts',
  'sidecar/orders/gate.ts',
  'sidecar/orders/kill.ts',
  'sidecar/orders/order-control.ts',
  'sidecar/orders/outcome-watch.ts',
  'sidecar/orders/reconcile.ts',
  'sidecar/orders/reflex-judge.ts',
  'sidecar/orders/release.ts',
  'sidecar/orders/resting-lists.ts',
  'sidecar/orders/rules-judge.ts',
  'sidecar/venue-calls.ts',
  'sidecar/websocket/bridge.ts',
  'sidecar/websocket/venue-screen.ts',
];

interface Edit {
  at: number;
  /** Outer ones open first and close last. */
  depth: number;
  text: string;
}

/** The text with a call of `awaited(name, …)` around each thing that is waited for, by `await`, `for await` or `.then`. */
export function nameAwaits(file: string, text: string): { text: string; names: string[] } {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const edits: Edit[] = [];
  const names: string[] = [];
  const visit = (node: ts.Node, within: string, depth: number): void => {
    const waited = waitedFor(node);
    if (waited !== undefined) {
      const named = ts.isCallExpression(waited) ? waited.expression : waited;
      const what = named.getText().replaceAll(/\s+/g, ' ').slice(0, 80);
      const plain = `${file} ${within}: ${what}`;
      const count = names.filter((name) => name === plain || name.startsWith(`${plain} #`)).length;
      const name = count === 0 ? plain : `${plain} #${count + 1}`;
      names.push(name);
      edits.push({ at: waited.getStart(), depth, text: `awaited(${JSON.stringify(name)}, ` });
      edits.push({ at: waited.getEnd(), depth: -depth, text: ')' });
    }
    ts.forEachChild(node, (child) => visit(child, nameOf(node) ?? within, depth + 1));
  };
  visit(tree, 'module', 0);
  edits.sort(
    (one, other) =>
      one.at - other.at || Number(one.text !== ')') - Number(other.text !== ')') || one.depth - other.depth,
  );
  let [named, from] = ['', 0];
  for (const { at, text: more } of edits) {
    named += text.slice(from, at) + more;
    from = at;
  }
  return { text: named + text.slice(from), names };
}

/** Every await point of the order path, in the order of its files. */
export function awaitPoints(): string[] {
  return orderPath.flatMap((file) => nameAwaits(file, readFileSync(path.join(source, file), 'utf8')).names);
}

/** Builds the order path with its await points named; the program defines `awaited`. */
export const namedAwaits: Plugin = {
  name: 'named-awaits',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const own = path.relative(source, file);
      if (!orderPath.includes(own)) return undefined;
      return { contents: nameAwaits(own, readFileSync(file, 'utf8')).text, loader: 'ts' };
    });
  },
};

function waitedFor(node: ts.Node): ts.Expression | undefined {
  if (ts.isAwaitExpression(node)) return node.expression;
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return node.expression;
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return node.expression.name.text === 'then' ? node.expression.expression : undefined;
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node)) return node.name?.getText();
  const isFunction = ts.isArrowFunction(node) || ts.isFunctionExpression(node);
  if (!isFunction) return undefined;
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText()
    : undefined;
}
