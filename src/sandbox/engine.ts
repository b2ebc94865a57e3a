// Finds the container engine, says which was chosen and why, and holds it to the version floor.
import { messageOf, TradeboxError } from '../core/errors.js';
import type { EngineFacts, EngineVersion } from './docker/shapes.js';
import {
  type Endpoint,
  type EngineEnvironment,
  findEndpoints,
  oldestApiVersion,
  wellKnownSockets,
} from './endpoints.js';
import { connectEngine, type EngineApi } from './engine-api.js';

const connectDeadlineMs = 5_000;

export interface Engine {
  api: EngineApi;
  /** The one in use. */
  endpoint: Endpoint;
  /** What was tried before it, and why each was passed over. */
  passedOver: readonly { endpoint: Endpoint; problem: string }[];
  version: EngineVersion;
  /** Slower facts, asked for once. */
  facts(): Promise<EngineFacts>;
}

/**
 * Opens the first engine that answers; an endpoint the user named is the only one tried.
 * Throws ENGINE_UNREACHABLE or ENGINE_TOO_OLD.
 */
export async function openEngine(host: EngineEnvironment): Promise<Engine> {
  const passedOver: { endpoint: Endpoint; problem: string }[] = [];
  for (const endpoint of findEndpoints(host)) {
    const api = connectEngine(endpoint.connection);
    try {
      const version = await api.version(connectDeadlineMs);
      assertRecentEnough(endpoint, version);
      let facts: Promise<EngineFacts> | undefined;
      return {
        api,
        endpoint,
        passedOver,
        version,
        facts: () => {
          facts ??= api.facts();
          return facts;
        },
      };
    } catch (thrown) {
      if (thrown instanceof TradeboxError && thrown.code === 'ENGINE_TOO_OLD') throw thrown;
      passedOver.push({ endpoint, problem: rootMessage(thrown) });
    }
  }
  throw unreachable(host, passedOver);
}

/** Compares `1.41`-shaped versions. */
export function isOlder(version: string, floor: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [floorMajor = 0, floorMinor = 0] = floor.split('.').map(Number);
  return major < floorMajor || (major === floorMajor && minor < floorMinor);
}

function assertRecentEnough(endpoint: Endpoint, version: EngineVersion): void {
  if (!isOlder(version.apiVersion, oldestApiVersion)) return;
  throw new TradeboxError(
    'ENGINE_TOO_OLD',
    `The engine at ${endpoint.address} is ${version.product} ${version.version} with API ${version.apiVersion}; tradebox needs API ${oldestApiVersion}.`,
    { remedy: 'Update it to Docker 20.10 or Podman 4 or newer.' },
  );
}

function unreachable(
  host: EngineEnvironment,
  passedOver: readonly { endpoint: Endpoint; problem: string }[],
): TradeboxError {
  const tried = passedOver.map(
    ({ endpoint, problem }) => `${endpoint.source} ${endpoint.address}: ${problem}`,
  );
  if (tried.some((line) => /EACCES|EPERM/.test(line))) {
    return new TradeboxError(
      'ENGINE_UNREACHABLE',
      `The engine's socket may not be opened by this user (${tried.join('; ')}).`,
      {
        remedy:
          'Add yourself to its group (`sudo usermod -aG docker $USER`, then log in again), or use rootless Docker.',
      },
    );
  }
  if (tried.length > 0) {
    return new TradeboxError('ENGINE_UNREACHABLE', `No container engine answers (${tried.join('; ')}).`, {
      remedy: passedOver.some(({ endpoint }) => endpoint.isExplicit)
        ? 'Start that engine, or unset DOCKER_HOST / run `docker context use default` to look elsewhere.'
        : 'Start the engine (`sudo systemctl start docker`, or open Docker Desktop, Colima, OrbStack).',
    });
  }
  const looked = wellKnownSockets(host).map((endpoint) =>
    endpoint.address.replace(`unix://${host.home}`, '~').replace('unix://', ''),
  );
  return new TradeboxError(
    'ENGINE_UNREACHABLE',
    `No container engine was found (looked for ${looked.join(', ')}).`,
    {
      remedy:
        'Install one (`sudo apt-get install docker.io`, Docker Desktop, Colima, OrbStack or Podman), or set DOCKER_HOST.',
    },
  );
}

function rootMessage(thrown: unknown): string {
  let deepest = thrown;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  return messageOf(deepest);
}
