// One line, whatever it quotes (D19).
import { expect, test } from 'vitest';
import { refusalText } from '../../../src/venues/refusal-text.js';

test('control characters, direction marks and line breaks become spaces', () => {
  const text = refusalText({ code: 'X', message: 'a\r\nb\u001b[2J\u202ec\u2028d\u0085e', requestId: 'r-1' });
  expect(text).toBe('tradebox: a b [2J c d e (request r-1)');
});
