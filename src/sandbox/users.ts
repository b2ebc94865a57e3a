// Which user runs what: the agent as the caller, so that files in the working directory stay the caller's; and engines that can't do it.
import { statSync } from 'node:fs';
import { TradeboxError } from '../core/errors.js';
import type { Connection, EngineFacts } from './docker/shapes.js';
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

/** Who an engine on this machine runs as, where it runs without root: the user that made its socket. Undefined where none is in sight. */
export function socketOwner(connection: Connection): number | undefined {
  return connection.transport === 'unix'
    ? statSync(connection.socketPath, { throwIfNoEntry: false })?.uid
    : undefined;
}

/**
 * What its user should know of an engine that makes boxes otherwise than asked; undefined where there is nothing. Throws
 * ENGINE_UNSUITABLE where the engine gives each user of a container another id on this machine (dockerd's --userns-remap), and where
 * it runs as another user than the caller (`owner` of its socket): the agent could not write the working directory, the sidecar not
 * its journal.
 */
export function warningOf(
  {
    remapsUsers,
    isRootless,
    cgroupVersion,
  }: Pick<EngineFacts, 'remapsUsers' | 'isRootless' | 'cgroupVersion'>,
  owner?: number,
  caller: User = callerIds(),
): string | undefined {
  if (remapsUsers && !isRootless) {
    throw new TradeboxError(
      'ENGINE_UNSUITABLE',
      'this engine maps the users of its containers to others (userns-remap): an agent could not write your working directory',
      {
        remedy: 'Use a rootless engine, which maps you to yourself, or one without --userns-remap.',
      },
    );
  }
  if (isRootless && owner !== undefined && owner !== caller.uid) {
    throw new TradeboxError(
      'ENGINE_UNSUITABLE',
      `this engine runs without root as user ${owner}, and you are user ${caller.uid}: it could not open your files`,
      { remedy: `Run tradebox as user ${owner}, or point DOCKER_HOST to an engine of yours.` },
    );
  }
  // docs.docker.com/engine/security/rootless, "Limiting resources"; Podman takes the limits and sets none.
  return isRootless && cgroupVersion === '1'
    ? 'this engine runs without root on cgroup v1 and sets no limits: a box can take all memory and processes that you may have'
    : undefined;
}
