import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput, type OutputOptions } from '../../../src/cli/output.js';
import { TradeboxError } from '../../../src/core/errors.js';

function setUp(options: Partial<OutputOptions> & { isTerminal?: boolean } = {}) {
  const stdout = Object.assign(new PassThrough(), { isTTY: options.isTerminal ?? false });
  const stderr = Object.assign(new PassThrough(), {
    isTTY: options.isTerminal ?? false,
    columns: 80,
    cursorTo: () => {},
    clearLine: () => {},
    moveCursor: () => {},
  });
  const output = createOutput({
    stdout,
    stderr,
    isQuiet: false,
    isJson: false,
    noColor: false,
    forceColor: false,
    term: 'xterm',
    ...options,
  });
  const read = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { output, stdout: () => read(stdout), stderr: () => read(stderr), streams: { stdout, stderr } };
}

test('results go to stdout, everything else to stderr', async () => {
  const { output, stdout, stderr } = setUp();
  output.text('result');
  output.note('note');
  output.warn('careful');
  const progress = await output.progress('building');
  progress.update('still building');
  progress.succeed('built');
  expect(stdout()).toBe('result\n');
  expect(stderr()).toBe('note\nwarning: careful\n… building\n… still building\n✔ built\n');
});

test('--quiet silences progress and notes, not warnings and errors', async () => {
  const { output, stderr } = setUp({ isQuiet: true });
  output.note('note');
  (await output.progress('building')).fail();
  output.warn('careful');
  output.error(new TradeboxError('USAGE', 'wrong', { remedy: 'Do right.' }));
  expect(stderr()).toBe('warning: careful\nerror: wrong\n→ Do right.\n');
});

test('with --json stdout holds one document and nothing else', () => {
  const { output, stdout } = setUp({ isJson: true });
  output.document({ a: 1 });
  expect(JSON.parse(stdout())).toEqual({ a: 1 });
  expect(() => output.text('loose')).toThrow(/--json/);
});

test('colour needs a terminal, and NO_COLOR wins over all', () => {
  expect(setUp().output.style.bold('x')).toBe('x');
  expect(setUp({ isTerminal: true }).output.style.bold('x')).not.toBe('x');
  expect(setUp({ isTerminal: true, term: 'dumb' }).output.style.bold('x')).toBe('x');
  expect(setUp({ isTerminal: true, noColor: true, forceColor: true }).output.style.bold('x')).toBe('x');
  expect(setUp({ forceColor: true }).output.style.bold('x')).not.toBe('x');
});

test('a spinner runs on a terminal alone', async () => {
  const terminal = setUp({ isTerminal: true });
  const progress = await terminal.output.progress('building');
  progress.succeed('built');
  expect(terminal.stderr()).toContain('built');
  const dumb = setUp({ isTerminal: true, term: 'dumb' });
  (await dumb.output.progress('building')).succeed();
  expect(dumb.stderr()).toContain('… building');
});

test('D19: foreign control characters never reach the terminal raw', async () => {
  const { output, stderr } = setUp();
  output.note('a\u001b[2J');
  output.error(new TradeboxError('USAGE', 'line one\nline\u202e two'));
  (await output.progress('p\u001b[H')).fail('q\u0007');
  expect(stderr()).not.toMatch(/[\u001b\u202e\u0007]/);
});

test('a closed pipe is no fault, another stream error is', () => {
  const { streams } = setUp();
  streams.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(() => streams.stdout.emit('error', new Error('odd'))).toThrow('odd');
});
