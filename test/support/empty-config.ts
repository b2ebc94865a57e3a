// A configuration that opens nothing and holds nothing.
import type { Config } from '../../src/config/config.js';

export const emptyConfig: Config = {
  files: [],
  mode: 'readonly',
  accounts: [],
  credentials: [],
  hosts: [],
  registries: [],
  pins: [],
  workdir: { writable: [], unsearched: [], snapshots: { keep: 0, maxMb: 1, exclude: [] } },
  limits: { memoryMb: 1024, cpus: 1, pids: 64 },
};
