import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hardenHostProcess, hardenProcess } from '../../../src/sidecar/hardening.js';

const source = path.resolve(import.meta.dirname, '../../../src/sidecar/hardening.ts');
/** Runs code in a process of its own, after hardening. */
const run = (code: string, ...flags: string[]) =>
  spawnSync(
    process.execPath,
    [
      ...flags,
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `import { hardenHostProcess, hardenProcess } from ${JSON.stringify(source)}; ${code}`,
    ],
    { encoding: 'utf8' },
  );

test('reports are off and files are private', () => {
  const { stdout } = run(
    'hardenProcess(); const r = process.report; console.log(JSON.stringify([r.reportOnFatalError, r.reportOnSignal, r.reportOnUncaughtException, process.umask()]))',
    '--report-uncaught-exception',
  );
  expect(JSON.parse(stdout)).toEqual([false, false, false, 0o077]);
});

test('SIGUSR1 opens no inspector, and warnings print nothing', () => {
  const { stdout, stderr } = run(`
    hardenProcess(); process.kill(process.pid, 'SIGUSR1'); process.emitWarning('quotes a value');
    const { url } = await import('node:inspector'); setTimeout(() => console.log(String(url())), 200);`);
  expect(stdout.trim()).toBe('undefined');
  expect(stderr).not.toMatch(/Debugger listening|quotes/);
});

test.skipIf(process.platform !== 'linux')('a core file would hold no memory', () => {
  const show = `const { readFileSync } = await import('node:fs'); console.log(readFileSync('/proc/self/coredump_filter', 'utf8'));`;
  // What the parent's is comes down to the child: it is set first.
  const usual = `(await import('node:fs')).writeFileSync('/proc/self/coredump_filter', '0x33');`;
  expect(run(`${usual} ${show}`).stdout.trim()).toBe('00000033');
  expect(run(`${usual} hardenProcess(); ${show}`).stdout.trim()).toBe('00000000');
});

test('an inspector that is open already ends the start', () => {
  expect(
    run(
      'try { hardenProcess() } catch (error) { console.log(error.code) }',
      '--inspect=127.0.0.1:0',
    ).stdout.trim(),
  ).toBe('SIDECAR_FAILED');
  expect(hardenProcess).toBeTypeOf('function');
});

test('the host program closes an inspector, writes no heap at a signal, and leaves the modes of files to its user', () => {
  const { stdout } = run(
    `const before = process.umask(); hardenHostProcess(); const r = process.report;
    const { url } = await import('node:inspector');
    const listeners = ['SIGUSR1', 'SIGUSR2'].flatMap((signal) => process.listeners(signal).map(String));
    console.log(JSON.stringify([r.reportOnFatalError, r.reportOnSignal, r.reportOnUncaughtException, String(url()), listeners, process.umask() === before]))`,
    '--inspect=127.0.0.1:0',
    '--heapsnapshot-signal=SIGUSR2',
    '--report-on-fatalerror',
  );
  const empty = expect.stringMatching(/^\(\) ?=> ?\{ ?\}$/);
  expect(JSON.parse(stdout)).toEqual([false, false, false, 'undefined', [empty, empty], true]);
  expect(hardenHostProcess).toBeTypeOf('function');
});
