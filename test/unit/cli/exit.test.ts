import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endWith } from '../../../src/cli/exit.js';
import { createOutput } from '../../../src/cli/output.js';
import { Interrupted } from '../../../src/cli/prompt.js';
import { resolvePaths } from '../../../src/config/paths.js';
import { fixedClock } from '../../../src/core/clock.js';
import { TradeboxError } from '../../../src/core/errors.js';
import { hostProcess, temporaryDir } from '../../support/host-files.js';

function end(thrown: unknown) {
  const host = hostProcess(temporaryDir());
  const paths = resolvePaths(host.env);
  const output = createOutput({
    ...host,
    isQuiet: false,
    isJson: false,
    noColor: true,
    forceColor: false,
    term: 'xterm',
  });
  const code = endWith(thrown, output, { paths, clock: fixedClock(0), version: '1.2.3' });
  return { code, stderr: host.stderrText(), logs: paths.logsDir };
}

test('a user error: what, what to do, 2, and no stack', () => {
  const { code, stderr } = end(
    new TradeboxError('NAME_TAKEN', 'the name is taken', { remedy: 'Take another.' }),
  );
  expect(code).toBe(2);
  expect(stderr).toBe('error: the name is taken\n→ Take another.\n');
});

test('a broken boundary ends with 3', () => {
  expect(end(new TradeboxError('BOUNDARY_BROKEN', 'it leaks')).code).toBe(3);
});

test('a fault ends with 70; the stacks of it and its causes are in a private log, not on the screen', () => {
  const { code, stderr, logs } = end(new Error('outer', { cause: new Error('inner') }));
  expect(code).toBe(70);
  expect(stderr).toMatch(/^error: outer\n→ The stack is in .*fault-1970-01-01T00-00-00\.000Z-\d+\.log/);
  expect(stderr).not.toContain('    at ');
  const [file = ''] = readdirSync(logs);
  const log = readFileSync(join(logs, file), 'utf8');
  expect(log).toContain('tradebox 1.2.3');
  expect(log).toMatch(/Error: outer\n {4}at /);
  expect(log).toMatch(/caused by: Error: inner\n {4}at /);
  expect(statSync(join(logs, file)).mode & 0o777).toBe(0o600);
});

test('S2: members of an error other than its stack are not logged', () => {
  const { logs } = end(Object.assign(new Error('request failed'), { config: { key: 's3cr3t-value' } }));
  const [file = ''] = readdirSync(logs);
  expect(readFileSync(join(logs, file), 'utf8')).not.toContain('s3cr3t-value');
});

test('a full disk is for the user to mend', () => {
  expect(end(Object.assign(new Error('write'), { code: 'ENOSPC' })).code).toBe(2);
});

test('an interrupted prompt ends with 130 and says nothing', () => {
  expect(end(new Interrupted())).toMatchObject({ code: 130, stderr: '' });
});

test('anything can be thrown', () => {
  expect(end('a text').code).toBe(70);
  expect(end(undefined).code).toBe(70);
});
