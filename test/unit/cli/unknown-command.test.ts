import { expect, test } from 'vitest';
import { unknownCommand } from '../../../src/cli/unknown-command.js';

const known = [{ name: 'set' }, { name: 'list' }];

test('names the nearest command, or where the list is', () => {
  expect(unknownCommand('lst', known, 'secrets ')).toMatchObject({
    code: 'USAGE',
    message: 'there is no command "tradebox secrets lst"',
    remedy: 'Did you mean: tradebox secrets list',
  });
  expect(unknownCommand('withdraw', known).remedy).toBe('See: tradebox --help');
});
