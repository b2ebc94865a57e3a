// What the venues say of the keys that the box trades with: none can withdraw, each is of the environment it is set up as.
import { type Check, fail, pass, skip, warn } from '../check.js';

export const keysCheck: Check = {
  id: 'keys',
  proves: 'no key of the box can withdraw, and each is of its account’s environment, says its venue',
  invariants: ['S7'],
  async run({ box }) {
    const keys = await box.keys();
    if (keys.length === 0) return skip('no account may trade in this box, so no venue was asked', '');
    const real = keys.filter(({ environment }) => environment !== 'paper');
    if (real.length === 0) return pass('only paper keys, which open nothing but the embedded exchange');
    const problems = real.flatMap(({ problem }) => problem ?? []);
    if (problems.length > 0) {
      return fail(
        problems.map(({ message }) => message).join(' '),
        [...new Set(problems.map(({ remedy }) => remedy))].join(' '),
      );
    }
    const warnings = real.flatMap((key) => key.warnings);
    return warnings.length === 0
      ? pass(`${real.length} asked: ${real.map(({ account }) => account).join(', ')}`)
      : warn(warnings.join('; '), 'Change the key at its venue.');
  },
};
