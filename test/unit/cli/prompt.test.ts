import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createPrompt, Interrupted } from '../../../src/cli/prompt.js';

function terminal(isTTY = true) {
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin, isRaw: false });
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const shown = (): string => (stderr.read() as Buffer | null)?.toString() ?? '';
  return { prompt: createPrompt({ stdin, stderr }), stdin, shown };
}

test('S2: what is typed at a hidden prompt arrives exactly and is shown nowhere', async () => {
  const { prompt, stdin, shown } = terminal();
  const answer = prompt.hidden('Passphrase:');
  const typed = ' p$a\\ss"w\'ör🔑d ';
  stdin.write(`${typed}\r`);
  expect((await answer).reveal()).toBe(typed);
  const text = shown();
  expect(text).toContain('Passphrase:');
  for (const part of [typed, 'p$a', 'ss"w']) expect(text).not.toContain(part);
});

test('an open prompt echoes and trims, and an empty line means the default', async () => {
  const { prompt, stdin, shown } = terminal();
  const first = prompt.line('Name?');
  stdin.write(' ada \r');
  expect(await first).toBe('ada');
  expect(shown()).toContain('ada');
  const second = prompt.line('Name?', 'otherwise');
  stdin.write('\r');
  expect(await second).toBe('otherwise');
});

test.each([
  ['y\r', true],
  ['Yes\r', true],
  ['n\r', false],
  ['maybe\r', false],
  ['\r', true],
])('%j at a question that defaults to yes', async (typed, answer) => {
  const { prompt, stdin } = terminal();
  const asked = prompt.confirm('Go on?', true);
  stdin.write(typed);
  expect(await asked).toBe(answer);
});

test('Ctrl-C and the end of input interrupt', async () => {
  const { prompt, stdin } = terminal();
  const asked = prompt.hidden('Passphrase:');
  stdin.write('abc\u0003');
  await expect(asked).rejects.toBeInstanceOf(Interrupted);
  const ended = terminal();
  const again = ended.prompt.hidden('Passphrase:');
  ended.stdin.end();
  await expect(again).rejects.toBeInstanceOf(Interrupted);
});

test('without a terminal nobody is asked', async () => {
  const { prompt } = terminal(false);
  expect(prompt.isInteractive).toBe(false);
  await expect(prompt.hidden('Passphrase:')).rejects.toMatchObject({ code: 'USAGE' });
});
