// The engine as the rest of tradebox sees it: small nouns in our own types (docker/shapes.ts).
import { engineFacts, engineVersion, type FactsAnswer, type VersionAnswer } from './docker/answers.js';
import { ownAppArmorProfile } from './docker/apparmor.js';
import { containersOf } from './docker/containers.js';
import { execsOf } from './docker/execs.js';
import { imagesOf } from './docker/images.js';
import { networksOf } from './docker/networks.js';
import type { Connection, EngineFacts, EngineVersion } from './docker/shapes.js';
import { volumesOf } from './docker/volumes.js';
import { deadlines, openClient } from './docker-api.js';

export type EngineApi = ReturnType<typeof connectEngine>;

/** Nothing is sent yet. Streams that outlive a call belong to the caller. */
export function connectEngine(connection: Connection) {
  const client = openClient(connection);
  const { docker, call } = client;
  let isPodman = false;
  return {
    networks: networksOf(client),
    // An engine elsewhere loads profiles of its own.
    containers: containersOf(
      client,
      () => isPodman,
      connection.transport === 'unix' ? ownAppArmorProfile : undefined,
    ),
    execs: execsOf(client),
    images: imagesOf(client),
    volumes: volumesOf(client),
    /** Rejects with ENGINE_UNREACHABLE; `ms` bounds the wait. */
    version: (ms: number): Promise<EngineVersion> =>
      call('tell its version', ms, async () => {
        const version = engineVersion((await docker.version()) as VersionAnswer);
        isPodman = version.product === 'podman';
        return version;
      }),
    facts: (): Promise<EngineFacts> =>
      call('describe itself', deadlines.quick, async () => engineFacts((await docker.info()) as FactsAnswer)),
  };
}
