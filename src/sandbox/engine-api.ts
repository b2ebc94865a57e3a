// The engine as the rest of tradebox sees it: small nouns in our own types (docker/shapes.ts).
import type { IncomingMessage } from 'node:http';
import {
  engineFacts,
  engineVersion,
  type FactsAnswer,
  type VersionAnswer,
  versionInHeaders,
} from './docker/answers.js';
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
  let told: Promise<EngineFacts> | undefined;
  const facts = (): Promise<EngineFacts> => {
    told = call('describe itself', deadlines.quick, async () =>
      engineFacts((await docker.info()) as FactsAnswer),
    );
    return told;
  };
  return {
    networks: networksOf(client, () => isPodman),
    // An engine elsewhere loads profiles of its own.
    containers: containersOf(
      client,
      () => isPodman,
      connection.transport === 'unix' ? ownAppArmorProfile : undefined,
      // Whoever makes a box has asked already.
      () => told ?? facts(),
    ),
    execs: execsOf(client),
    images: imagesOf(client),
    volumes: volumesOf(client),
    /**
     * Rejects with ENGINE_UNREACHABLE; `ms` bounds the wait. By the headers of an empty answer: asked for its version, Docker starts
     * two programs to tell theirs.
     */
    version: (ms: number): Promise<EngineVersion> =>
      call('tell its version', ms, async () => {
        const version =
          versionInHeaders(await pingHeaders(docker)) ??
          engineVersion((await docker.version()) as VersionAnswer);
        isPodman = version.product === 'podman';
        return version;
      }),
    facts,
  };
}

/** Dockerode's own ping keeps only the body. */
function pingHeaders(docker: ReturnType<typeof openClient>['docker']): Promise<IncomingMessage['headers']> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      { path: '/_ping', method: 'GET', isStream: true, statusCodes: { 200: true } },
      (error: unknown, answer: unknown) => {
        if (error !== null && error !== undefined) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        const { headers } = (answer as IncomingMessage).resume();
        resolve(headers);
      },
    );
  });
}
