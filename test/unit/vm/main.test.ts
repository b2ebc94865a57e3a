import { expect, test, vi } from 'vitest';
import { brokenExit } from '../../../src/vm/runner.js';

test('a command that does not exist is said on stderr and ends like a machine that did not start', async () => {
  const said: unknown[] = [];
  const exit = new Promise((resolve) => {
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      resolve(code);
      return undefined as never;
    });
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(text) > 0);
  const { argv } = process;
  process.argv = ['node', 'vm.cjs', 'walk'];
  try {
    await import('../../../src/vm/main.js');
    expect(await exit).toBe(brokenExit);
    expect(said).toEqual(['tradebox: there is no command walk\n']);
  } finally {
    process.argv = argv;
    vi.restoreAllMocks();
  }
});
