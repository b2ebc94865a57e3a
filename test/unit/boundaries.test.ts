// The canary of the boundary rules: each rule is shown one violation in a throwaway tree and must name it, and a clean tree passes.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { boundaryRules, cruiseBoundaries } from '../../scripts/lib/boundaries.mjs';
import { repositoryRoot, sourceFiles } from '../support/repository.js';

// The whole tree is parsed: seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

type Tree = Record<string, string>;

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function plant(tree: Tree): string {
  const root = mkdtempSync(path.join(tmpdir(), 'tradebox-canary-'));
  roots.push(root);
  symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(root, 'node_modules'));
  // A package.json like ours, so that "declared" means the same here.
  symlinkSync(path.join(repositoryRoot, 'package.json'), path.join(root, 'package.json'));
  for (const [file, text] of Object.entries(tree)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

const value = 'export const value = 1;\n';
const importing = (specifier: string) =>
  `import * as other from '${specifier}';\nexport const kept = other;\n`;

/** Rule → a tree that breaks it; the file that must be blamed comes first. */
const violations: Record<string, Tree> = {
  'one-home-of-dockerode': { 'src/sandbox/images.ts': importing('dockerode') },
  'one-home-of-commander': { 'src/cli/commands/run.ts': importing('commander') },
  'one-home-of-execa': { 'src/sandbox/images.ts': importing('execa') },
  'one-home-of-yaml': { 'src/guard/rules/cap.ts': importing('yaml') },
  'one-home-of-big.js': { 'src/venues/okx.ts': importing('big.js') },
  'one-home-of-ora': { 'src/sandbox/images.ts': importing('ora') },
  'one-home-of-tar-fs': { 'src/cli/commands/reset.ts': importing('tar-fs') },
  'one-home-of-tar-stream': { 'src/cli/commands/reset.ts': importing('tar-stream') },
  'one-home-of-@secretlint/secretlint-rule-preset-recommend': {
    'src/sandbox/secret-scan/secret-scan.ts': importing('@secretlint/secretlint-rule-preset-recommend'),
  },
  'one-home-of-@napi-rs/keyring': { 'src/vault/resolve.ts': importing('@napi-rs/keyring') },
  'one-home-of-ws': { 'src/sidecar/server.ts': importing('ws') },
  'one-home-of-dns-packet': { 'src/sidecar/server.ts': importing('dns-packet') },
  'one-home-of-@msgpack/msgpack': { 'src/sidecar/server.ts': importing('@msgpack/msgpack') },
  'one-home-of-@bitauth/libauth': { 'src/sidecar/server.ts': importing('@bitauth/libauth') },
  'no-cycles': {
    'src/audit/a.ts': `import { b } from './b.js';\nexport const a = () => b;\n`,
    'src/audit/b.ts': `import { a } from './a.js';\nexport const b = () => a;\n`,
  },
  'sidecar-is-alone': {
    'src/sidecar/server.ts': importing('../config/paths.js'),
    'src/config/paths.ts': value,
  },
  'core-imports-nothing': {
    'src/core/order.ts': importing('../audit/events.js'),
    'src/audit/events.ts': value,
  },
  'guard-not-venues': {
    'src/guard/rules/cap.ts': importing('../../venues/okx.js'),
    'src/venues/okx.ts': value,
  },
  'venues-not-guard': { 'src/venues/okx.ts': importing('../guard/rule.js'), 'src/guard/rule.ts': value },
  'venues-guard-see-core-only': {
    'src/venues/okx.ts': importing('../audit/events.js'),
    'src/audit/events.ts': value,
  },
  'decisions-are-pure': { 'src/sidecar/stages/egress.ts': importing('node:net') },
  'audit-paper-stand-alone': {
    'src/audit/journal.ts': importing('../sidecar/settings.js'),
    'src/sidecar/settings.ts': value,
  },
  'nobody-calls-the-cli': {
    'src/sandbox/session.ts': importing('../cli/output.js'),
    'src/cli/output.ts': value,
  },
  'vault-is-not-looked-into': {
    'src/sandbox/session.ts': importing('../vault/open.js'),
    'src/vault/open.ts': value,
  },
  'no-tests-in-source': {
    'src/audit/journal.ts': importing('../../test/support/double.js'),
    'test/support/double.ts': value,
  },
  'declared-packages-only': { 'src/audit/journal.ts': importing('fast-check') },
  resolvable: { 'src/audit/journal.ts': importing('./not-there.js') },
};

test('every rule has a violation here', () => {
  expect(Object.keys(violations).sort()).toEqual([...boundaryRules()].sort());
});

for (const [rule, tree] of Object.entries(violations)) {
  test(`${rule} is caught, with the file and a remedy`, async () => {
    const blamed = Object.keys(tree)[0];
    const { violations: found } = await cruiseBoundaries(plant(tree));
    const hit = found.find((violation) => violation.rule === rule && violation.from === blamed);
    expect(hit, JSON.stringify(found)).toBeDefined();
    expect(hit?.remedy).not.toBe('');
  });
}

for (const specifier of [
  'node:tls',
  'node:http',
  'node:https',
  'node:fs/promises',
  'dns',
  'node:child_process',
]) {
  test(`a venue that imports ${specifier} is caught`, async () => {
    const { violations: found } = await cruiseBoundaries(
      plant({ 'src/venues/okx.ts': importing(specifier) }),
    );
    expect(found.map((violation) => violation.rule)).toContain('decisions-are-pure');
  });
}

test('a tree that keeps the rules passes', async () => {
  const tree = {
    'src/core/order.ts': value,
    'src/venues/okx.ts': importing('../core/order.js') + `export * as crypto from 'node:crypto';\n`,
    'src/sandbox/docker-api.ts': importing('dockerode'),
    'src/core/decimal.ts': importing('big.js'),
    'src/sidecar/server.ts': importing('node:net'),
  };
  const { modules, violations: found } = await cruiseBoundaries(plant(tree));
  expect(found).toEqual([]);
  expect(modules).toHaveLength(5);
});

test('the rules see every source file of ours', async () => {
  const { modules } = await cruiseBoundaries(repositoryRoot);
  expect(modules.length).toBeGreaterThan(0);
  expect(new Set(modules)).toEqual(new Set(sourceFiles()));
});
