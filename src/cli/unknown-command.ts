// The answer to a command that does not exist: the nearest one that does.
import { TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';

/** `group` is empty for a command of tradebox itself, else the group's name with a space, e.g. `secrets `. */
export function unknownCommand(word: string, known: readonly { name: string }[], group = ''): TradeboxError {
  const names = known.map(({ name }) => name);
  const near = nearest(word, names);
  const remedy =
    near === undefined ? `See: tradebox ${group}--help` : `Did you mean: tradebox ${group}${near}`;
  return new TradeboxError('USAGE', `there is no command "tradebox ${group}${word.slice(0, 60)}"`, {
    remedy,
  });
}
