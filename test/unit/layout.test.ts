// The shape of the tree as a test: a failure names the file and the remedy. Each rule has a canary that proves it still bites.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  hasLogic,
  type LayoutRule,
  maxLines,
  type RepositoryFile,
  shippedRules,
  sourceRules,
  treeRules,
  typescriptRules,
} from '../support/layout-rules.js';
import { committableFiles, filesBelow, repositoryRoot, sourceFiles, textOf } from '../support/repository.js';

/** Programs and command declarations: covered by the end-to-end tests, which run them as a user does. */
const testedEndToEnd = /^src\/(main|launcher|sidecar\/main|diagnose\/probe\/main|cli\/commands\/.*)\.ts$/;

const read = (paths: readonly string[]): RepositoryFile[] =>
  paths.map((file) => ({ path: file, text: textOf(file) }));
const isTypeScript = (file: string) => file.endsWith('.ts');

const sources = read(sourceFiles());
// A mirrored unit test's role is its mirror; every other file of test/ says its own.
const isMirrored = (file: string) => /^test\/(unit|integration)\/.+\//.test(file);
const typescript = [
  ...sources,
  ...read(filesBelow('test').filter((file) => isTypeScript(file) && !isMirrored(file))),
];
const shipped = read(['src', 'images', 'profiles', 'scripts'].flatMap(filesBelow));
const tree = read(committableFiles());

const groups: [string, Record<string, LayoutRule>, RepositoryFile[]][] = [
  ['source files', sourceRules, sources],
  ['TypeScript files', typescriptRules, typescript],
  ['shipped files', shippedRules, shipped],
  ['the tree', treeRules, tree],
];

for (const [group, rules, files] of groups) {
  describe(group, () => {
    test('there is something to look at', () => {
      expect(files.length).toBeGreaterThan(10);
    });
    for (const [name, rule] of Object.entries(rules)) {
      test(name, { timeout: 180_000 }, () => {
        expect(complaints(files, rule)).toEqual([]);
      });
    }
  });
}

test('each source file with logic has its mirrored test', () => {
  const tests = read([...filesBelow('test/unit'), ...filesBelow('test/integration')].filter(isTypeScript));
  // A test may cover several files of its room (a leaf's folder, a group of checks) if it imports each by name.
  const imported = new Set(
    tests.flatMap(({ path: file, text }) =>
      [...text.matchAll(/(?:from|import)[ (]'(\.[^']+)\.js'/g)].map(([, target = '']) => {
        const source = `${path.join(path.dirname(file), target)}.ts`;
        return `${source} ${roomOf(file.replace(/^test\/(unit|integration)\//, 'src/'))}`;
      }),
    ),
  );
  const rule: LayoutRule = (file) => {
    if (testedEndToEnd.test(file.path) || !hasLogic(file)) return undefined;
    const mirror = file.path.replace(/^src\//, '').replace(/\.ts$/, '.test.ts');
    const places = [`test/unit/${mirror}`, `test/integration/${mirror}`];
    if (places.some(isThere) || imported.has(`${file.path} ${roomOf(file.path)}`)) return undefined;
    return `write ${places[0]} (or ${places[1]} if it needs a real engine)`;
  };
  expect(complaints(sources, rule)).toEqual([]);
});

test('unit tests lie where their sources lie', () => {
  const mirrored = filesBelow('test/unit').filter(
    (file) => file.endsWith('.test.ts') && path.dirname(file) !== 'test/unit',
  );
  const rule: LayoutRule = (file) => {
    // `okx.oracle.test.ts` and `okx/…` stand beside or below what they test: the room must exist.
    const room = path.dirname(file.path).replace(/^test\/unit/, 'src');
    return isThere(room) || isThere(`${room}.ts`)
      ? undefined
      : `there is no ${room}/: move or delete the test`;
  };
  expect(complaints(read(mirrored), rule)).toEqual([]);
});

describe('each rule still bites', () => {
  const parts = (...text: string[]) => text.join('');
  const broken: Record<string, RepositoryFile> = {
    'kebab-case names': { path: 'src/sidecar/dnsServer.ts', text: '' },
    'names that say what a thing is': { path: 'src/sidecar/http-utils.ts', text: '' },
    'nothing of Intl is made when a module loads': {
      path: 'src/venues/a.ts',
      text: "const day = new Intl.DateTimeFormat('sv-SE');",
    },
    'no file is too long': { path: 'src/a.ts', text: 'x\n'.repeat(maxLines + 1) },
    'reveal() only where a secret is signed, injected, stored or handed over (S2)': {
      path: 'src/sandbox/spec.ts',
      text: `const url = \`\${scheme}://\${key.reveal()}\`;`,
    },
    'process.env only in config/': { path: 'src/sandbox/spec.ts', text: 'const home = process.env.HOME;' },
    'stdout only in the output file and the inner programs': {
      path: 'src/sandbox/spec.ts',
      text: `process.stdout.write('x');`,
    },
    'named exports only': { path: 'src/a.ts', text: 'export default 1;' },
    'the first line says the role of the file': { path: 'src/a.ts', text: `import x from 'y';\n` },
    'nothing is left open': { path: 'scripts/demo', text: `# ${parts('TO', 'DO')}: the rest` },
    'no package registry host': {
      path: 'README.md',
      text: `see https://${parts('registry.npm', 'js.org')}/x`,
    },
    'no directory of one machine': { path: 'README.md', text: `cd ${parts('/wor', 'k/main')}` },
    'no key material': {
      path: 'test/fixture.pem',
      text: parts('-----BEGIN ', 'PRIVATE KEY-----\n', 'A'.repeat(64), '\n'),
    },
  };
  const rules: Record<string, LayoutRule> = {
    ...sourceRules,
    ...typescriptRules,
    ...shippedRules,
    ...treeRules,
  };

  test('every rule has a canary', () => {
    expect(Object.keys(broken).sort()).toEqual(Object.keys(rules).sort());
  });
  for (const [name, file] of Object.entries(broken)) {
    test(name, () => {
      expect(rules[name]?.(file)).toBeTypeOf('string');
    });
  }

  test('prose about a rule does not break it', () => {
    const text = '// process.env, process.stdout.write and reveal() are for others\nexport const a = 1;\n';
    for (const [name, rule] of Object.entries(sourceRules))
      expect(rule({ path: 'src/a.ts', text }), name).toBeUndefined();
  });

  test('logic is told from declarations', () => {
    const declared = `export interface A { f(): void }\nexport const list = [1, 2] as const;\ndeclare function g(): void;\n`;
    expect(hasLogic({ path: 'src/a.ts', text: declared })).toBe(false);
    expect(hasLogic({ path: 'src/a.ts', text: 'export const f = (n: number) => n + 1;' })).toBe(true);
    expect(hasLogic({ path: 'src/a.ts', text: 'export class A { f() { return 1; } }' })).toBe(true);
  });
});

/** One message per offender, so that a failing test reads like a to-do list. */
function complaints(files: readonly RepositoryFile[], rule: LayoutRule): string[] {
  return files.flatMap((file) => {
    const complaint = rule(file);
    return complaint === undefined ? [] : [`${file.path}: ${complaint}`];
  });
}

function isThere(file: string): boolean {
  return existsSync(path.join(repositoryRoot, file));
}

/** The room of a file: `src/venues` for `src/venues/okx/signature.ts`. */
function roomOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}
