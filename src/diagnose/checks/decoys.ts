// S1: the agent's world holds decoys only. Environment and command lines of every process, hunted for every real secret we hold.
import { Matcher } from '../../core/matcher.js';
import { encodingsOf } from '../../core/needles.js';
import { type Check, fail, pass, warn } from '../check.js';

export const decoysCheck: Check = {
  id: 'decoys',
  proves: 'every process of the box holds decoys, and no real secret in any encoding',
  invariants: ['S1'],
  async run({ box, secrets }) {
    const [seen] = await box.probe([{ do: 'processes', id: 'processes' }]);
    if (seen?.do !== 'processes' || seen.processes.length === 0)
      return fail('no process could be read', 'Run `tradebox diagnose` again.');
    const agents = seen.processes.filter((process) => Object.keys(process.environment).length > 0);
    const main = agents.find((process) =>
      Object.keys(box.decoys).every((name) => name in process.environment),
    );
    if (main === undefined)
      return fail('no process of the box holds the decoys', 'Run `tradebox reset` for the box.');
    const foreign = Object.entries(box.decoys).filter(([name, decoy]) => main.environment[name] !== decoy);
    if (foreign.length > 0)
      return fail(
        `not the decoy in ${foreign.map(([name]) => name).join(', ')}`,
        'Run `tradebox reset` for the box.',
      );
    const haystack = Buffer.from(JSON.stringify(seen.processes));
    // The matcher, not includes(): it takes upper and lower case of hex and percent-encoding as one.
    const found = secrets.filter(({ id, value }) => {
      const patterns = encodingsOf(value.reveal()).map((bytes) => ({ id, bytes }));
      return new Matcher(patterns).find(haystack) !== undefined;
    });
    if (found.length > 0)
      return fail(
        `real values of ${found.map(({ id }) => id).join(', ')} found`,
        'Rotate these keys at the venue now, then `tradebox reset` the box.',
      );
    const summary = `${seen.processes.length} processes, ${Object.keys(box.decoys).length} decoy variables`;
    return secrets.length > 0
      ? pass(`${summary}; hunted ${secrets.length} real values in every encoding, none found`)
      : warn(
          `${summary}; the vault stayed closed, so real values were not hunted`,
          'Give the vault passphrase to hunt for the real values too.',
        );
  },
};
