// A virtual machine of its own for the agent. Known by name, so that asking for it is answered honestly.
import type { IsolationLevel } from './isolation.js';

export const vmLevel: IsolationLevel = {
  id: 'vm',
  find: () => ({
    isThere: false,
    reason: 'this version of tradebox cannot start one',
    remedy: 'Use `--isolation gvisor`, or `--isolation auto` for the strongest level that starts here.',
  }),
};
