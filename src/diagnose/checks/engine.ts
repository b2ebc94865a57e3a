// Which engine was chosen, and that it is one whose effects we have measured.
import { type Check, pass, warn } from '../check.js';

export const engineCheck: Check = {
  id: 'engine',
  proves: 'a container engine answers, and which one it is',
  invariants: [],
  async run({ engine }) {
    const seen = `${engine.version} (API ${engine.apiVersion}) at ${engine.endpoint}, chosen by ${engine.source}`;
    return engine.rootless
      ? warn(`${seen}, rootless`, 'Rootless engines are less tested; read the lines below with care.')
      : pass(seen);
  },
};
