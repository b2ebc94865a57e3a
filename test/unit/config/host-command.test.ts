import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runHostCommand } from '../../../src/config/host-command.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';

const node = process.execPath;

function options(
  dir: string,
  more: Partial<Parameters<typeof runHostCommand>[1]> = {},
): Parameters<typeof runHostCommand>[1] {
  const env = hostEnvironment(dir, { TRADEBOX_PASSPHRASE: 'not for children', MARK: '1' });
  return { env, cwd: dir, timeoutMs: 5000, maxBytes: 1000, ...more };
}

test('gives the exact bytes of stdout', async () => {
  const script = String.raw`process.stdout.write("a$b\\\n\n")`;
  const end = await runHostCommand([node, '-e', script], options(temporaryDir()));
  expect(end).toEqual({ ok: true, stdout: Buffer.from('a$b\\\n\n') });
});

test('passes arguments as they are: there is no shell', async () => {
  const dir = temporaryDir();
  const words = ['$(touch made)', '`touch made`', '; touch made', '*', '~'];
  const end = await runHostCommand(
    [node, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', ...words],
    options(dir),
  );
  expect(end.ok && JSON.parse(end.stdout.toString())).toEqual(words);
});

test("gives the user's environment without the vault's passphrase, and no input", async () => {
  process.env.TRADEBOX_TEST_LEAK = 'of this process';
  onTestFinished(() => {
    delete process.env.TRADEBOX_TEST_LEAK;
  });
  const script = `
    let input = '';
    process.stdin.on('data', (chunk) => { input += chunk; }).on('end', () => {
      process.stdout.write(JSON.stringify([process.env.MARK, process.env.TRADEBOX_PASSPHRASE ?? process.env.TRADEBOX_TEST_LEAK ?? null, input]));
    });`;
  const end = await runHostCommand([node, '-e', script], options(temporaryDir()));
  expect(end.ok && JSON.parse(end.stdout.toString())).toEqual(['1', null, '']);
});

test('tells how a program failed, without what it said', async () => {
  const dir = temporaryDir();
  expect(await runHostCommand(['/nonexistent/program'], options(dir))).toEqual({
    ok: false,
    reason: 'absent',
  });
  expect(await runHostCommand([writeFile(join(dir, 'plain'), 'x')], options(dir))).toEqual({
    ok: false,
    reason: 'absent',
  });
  const failing = 'console.error("sec" + "ret"); process.exit(7)';
  expect(await runHostCommand([node, '-e', failing], options(dir))).toEqual({
    ok: false,
    reason: 'failed',
    exitCode: 7,
  });
  const endless = 'setInterval(() => {}, 1000)';
  expect(await runHostCommand([node, '-e', endless], options(dir, { timeoutMs: 300 }))).toEqual({
    ok: false,
    reason: 'timeout',
  });
  const loud = 'process.stdout.write("x".repeat(5000))';
  expect(await runHostCommand([node, '-e', loud], options(dir))).toEqual({ ok: false, reason: 'too-much' });
});
