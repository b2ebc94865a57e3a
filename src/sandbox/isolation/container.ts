// A container on the host's kernel: the engine's default runtime and seccomp profile, without capabilities.
import type { Isolation } from './isolation.js';

export const container: Isolation = {
  id: 'container',
  adapt: () => ({}),
};
