// Our files on the host are ours alone.
import { statSync } from 'node:fs';
import { type Check, fail, pass } from '../check.js';

export const ownFilesCheck: Check = {
  id: 'own-files',
  proves: 'configuration, vault and journals are readable by their owner only',
  invariants: ['S9'],
  async run({ ownFiles }) {
    const loose = ownFiles.flatMap(({ path, maxMode }) => {
      const mode = statSync(path, { throwIfNoEntry: false })?.mode;
      return mode !== undefined && (mode & 0o777 & ~maxMode) !== 0 ? [{ path, maxMode }] : [];
    });
    const first = loose[0];
    if (first === undefined) return pass(`${ownFiles.length} paths, none looser than 0700/0600`);
    return fail(
      `${loose.map(({ path }) => path).join(', ')} can be read by others`,
      `chmod ${first.maxMode.toString(8)} ${first.path}`,
    );
  },
};
