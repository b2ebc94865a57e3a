// The only home of dockerode: opens a client and guards its calls. Every call has a deadline and fails with a TradeboxError.
import { createRequire } from 'node:module';
import Dockerode from 'dockerode';
import { packageRoot } from '../config/package-root.js';
import { isGone, isMissing, toTradeboxError, withDeadline } from './docker/errors.js';
import type { Connection } from './docker/shapes.js';

/** Milliseconds for quick calls, for starts and removals, and for builds and pulls. */
export const deadlines = { quick: 20_000, slow: 90_000, build: 30 * 60_000 } as const;

/** A dockerode client with its guards; the nouns in docker/ are written on it. */
export type Client = ReturnType<typeof openClient>;

/** Nothing is sent yet. */
export function openClient(connection: Connection) {
  const Client = connection.transport === 'ssh' ? wholeDockerode() : Dockerode;
  const docker = new Client(dockerodeOptions(connection));

  const call = async <T>(
    action: string,
    ms: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    try {
      return await withDeadline(ms, work);
    } catch (thrown) {
      throw toTradeboxError(action, thrown);
    }
  };
  /** Like `call`, but what is already gone counts as done: false. */
  const callUnlessGone = async (
    action: string,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<boolean> =>
    call(action, deadlines.slow, async (signal) => {
      try {
        await work(signal);
        return true;
      } catch (thrown) {
        if (isGone(thrown)) return false;
        throw thrown;
      }
    });
  return { docker, call, callUnlessGone };
}

/** The built program carries dockerode without its SSH transport, which has native code: that comes from the package. */
function wholeDockerode(): typeof Dockerode {
  return createRequire(`${packageRoot}package.json`)('dockerode') as typeof Dockerode;
}

/** Undefined where the engine answers that there is no such thing. */
export async function orMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/** The engine's filter for labels; an empty value matches any. */
export const labelFilter = (labels: Readonly<Record<string, string>>) => ({
  label: Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`)),
});

function dockerodeOptions(connection: Connection): Dockerode.DockerOptions {
  // `host: undefined` keeps docker-modem from taking DOCKER_HOST from the environment itself.
  const neutral = {
    host: undefined,
    port: undefined,
    protocol: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  switch (connection.transport) {
    case 'unix':
      // Node asks whether the host's name is an address, and for a name compiles what tells IPv6: five milliseconds of a start.
      return { ...neutral, socketPath: connection.socketPath, headers: { Host: '127.0.0.1' } };
    case 'ssh':
      return {
        ...neutral,
        protocol: 'ssh',
        host: connection.host,
        port: connection.port,
        username: connection.username,
      };
    case 'tcp':
      return {
        ...neutral,
        host: connection.host,
        port: connection.port,
        protocol: connection.tls === undefined ? 'http' : 'https',
        ...connection.tls,
      };
  }
}
