// What there is on an engine behind a Unix socket, asked without the whole client: loading that took `ps` longer than the answer.
import { request } from 'node:http';
import { containerState, containerSummary, networkState } from './answers.js';
import type { ContainerState, ContainerSummary, NetworkState } from './shapes.js';

/** The part of the engine's nouns that tells of boxes. */
export interface Listing {
  containers: {
    list(labels: Readonly<Record<string, string>>): Promise<ContainerSummary[]>;
    inspect(id: string): Promise<ContainerState | undefined>;
  };
  networks: { list(labels: Readonly<Record<string, string>>): Promise<NetworkState[]> };
}

const deadlineMs = 5_000;

/**
 * `apiVersion` is the oldest that will do: an older engine refuses it. Every trouble is a plain Error; the whole client tells
 * the user what is wrong.
 */
export function listingOver(socketPath: string, apiVersion: string): Listing {
  const ask = (path: string) => get(socketPath, `/v${apiVersion}${path}`);
  const filtered = (labels: Readonly<Record<string, string>>) => {
    const label = Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
    return `filters=${encodeURIComponent(JSON.stringify({ label }))}`;
  };
  return {
    containers: {
      list: async (labels) =>
        listOf<Parameters<typeof containerSummary>[0]>(
          await ask(`/containers/json?all=true&${filtered(labels)}`),
        ).map(containerSummary),
      inspect: async (id) => {
        const answer = await ask(`/containers/${encodeURIComponent(id)}/json`);
        return answer === undefined
          ? undefined
          : containerState(answer as Parameters<typeof containerState>[0]);
      },
    },
    networks: {
      list: async (labels) =>
        listOf<Parameters<typeof networkState>[0]>(await ask(`/networks?${filtered(labels)}`)).map(
          networkState,
        ),
    },
  };
}

function listOf<T>(answer: unknown): T[] {
  if (!Array.isArray(answer)) throw new Error('the engine gave no list');
  return answer as T[];
}

/** Parsed JSON; undefined where the engine answers that there is no such thing. */
function get(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    // Without a server name Node would look whether the host's is an address: that alone took milliseconds.
    const options = { socketPath, path, servername: '', headers: { host: 'engine' } };
    const asking = request(options, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        if (answer.statusCode === 404) resolve(undefined);
        else if (answer.statusCode !== 200) reject(new Error(`${answer.statusCode} ${text.slice(0, 200)}`));
        else resolve(parsed(text, reject));
      });
    });
    asking.setTimeout(deadlineMs, () => asking.destroy(new Error('the engine did not answer in time')));
    asking.on('error', reject);
    asking.end();
  });
}

function parsed(text: string, reject: (reason: unknown) => void): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    reject(thrown);
    return undefined;
  }
}
