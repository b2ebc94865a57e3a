// Whether the box has misbehaved: what its sidecar folded out of the journal.
import { type Check, pass, warn } from '../check.js';

export const taintCheck: Check = {
  id: 'taint',
  proves: 'the box has not misbehaved',
  invariants: ['S10'],
  async run({ box }) {
    const { isTainted, taints } = await box.status();
    const last = taints.at(-1);
    if (last === undefined && !isTainted) return pass('no evidence in the journal of this box');
    const newest = last === undefined ? '' : `; last ${last.cause} at ${last.at}: ${last.message}`;
    const seen = `${taints.length} pieces of evidence${newest}`;
    return isTainted
      ? warn(
          `tainted, no order leaves: ${seen}`,
          `Look at \`tradebox audit show ${box.name} --type taint\`, then \`tradebox reset ${box.name} --keep-evidence <dir>\`.`,
        )
      : warn(`not tainted: ${seen}`, `Look at \`tradebox audit show ${box.name} --type taint\`.`);
  },
};
