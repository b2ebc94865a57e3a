// Which user runs what: the agent as the caller, so that files in the working directory stay the caller's.
import type { EngineFacts } from './docker/shapes.js';
import { sidecarUid, type User } from './spec.js';

type Mapping = Pick<EngineFacts, 'isRootless'>;

/** The caller's ids. Under a rootless engine container root is the caller; root without capabilities has no power either way. */
export function agentUser(facts: Mapping, caller: User = callerIds()): User {
  return facts.isRootless ? { uid: 0, gid: 0 } : caller;
}

/** The caller, who owns the journal; an id of its own when the caller is root. */
export function sidecarUser(facts: Mapping, caller: User = callerIds()): User {
  if (facts.isRootless) return { uid: 0, gid: 0 };
  return caller.uid === 0 ? { uid: sidecarUid, gid: sidecarUid } : caller;
}

/** The ids of this process; 1000 where the platform has none and the engine maps file owners itself. */
export function callerIds(): User {
  return { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
}
