// A process that makes a box and is killed on the way: `tsx making-child.ts <stateDir> <name> <workdir> <agent> <sidecar>`.
import { readHostEnvironment } from '../../../src/config/paths.js';
import { openEngine } from '../../../src/sandbox/engine.js';
import { createBox } from '../../../src/sandbox/session.js';
import { type BoxSpec, defaultLimits } from '../../../src/sandbox/spec.js';
import { settingsFor } from './rig.js';

const [stateDir = '', name = '', workdir = '', agent = '', sidecar = ''] = process.argv.slice(2);

const spec: BoxSpec = {
  name,
  profile: 'test',
  mode: 'readonly',
  isPaper: false,
  workdir,
  command: ['sleep', '1000'],
  environment: {},
  terminal: { isTty: false, hasStdin: false },
  limits: defaultLimits,
  images: { agent, sidecar },
};
await createBox(
  await openEngine(readHostEnvironment()),
  { ...spec, sidecarImage: sidecar },
  {
    stateDir,
    parts: async () => ({ spec, makeSettings: settingsFor, record: { decoys: {}, launch: null } }),
    willAttach: false,
    createdAt: new Date().toISOString(),
    onProgress: (line) => process.stdout.write(`${line}\n`),
  },
);
process.stdout.write('made\n');
setInterval(() => {}, 1000);
