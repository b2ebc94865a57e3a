// What there is on an engine behind a Unix socket, asked without the whole client and without node:http: loading those took `ps`
// longer than the answer.
import { connect } from 'node:net';
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

/** Sends the text of one request, gives all that came until the connection's end. Rejects when nobody is there, or too late. */
export type Exchange = (socketPath: string, request: string) => Promise<Buffer>;

const deadlineMs = 5_000;

/**
 * `apiVersion` is the oldest that will do: an older engine refuses it. Every trouble is a plain Error; the whole client tells
 * the user what is wrong.
 */
export function listingOver(
  socketPath: string,
  apiVersion: string,
  exchange: Exchange = exchangeByNet,
): Listing {
  // HTTP/1.0, so that the answer is whole when the connection ends, and never in chunks (RFC 9112, section 6.1).
  const ask = async (path: string) =>
    understood(await exchange(socketPath, `GET /v${apiVersion}${path} HTTP/1.0\r\nHost: engine\r\n\r\n`));
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

function exchangeByNet(socketPath: string, request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const pieces: Buffer[] = [];
    socket.setTimeout(deadlineMs, () => socket.destroy(new Error('the engine did not answer in time')));
    socket.on('error', reject);
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('end', () => resolve(Buffer.concat(pieces)));
    socket.write(request);
  });
}

/** Parsed JSON; undefined where the engine answers that there is no such thing. */
function understood(answer: Buffer): unknown {
  const headEnd = answer.indexOf('\r\n\r\n');
  const head = answer.toString('latin1', 0, Math.max(0, headEnd));
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  const body = answer.subarray(headEnd + 4);
  const announced = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isWhole = announced === undefined || Number(announced) === body.length;
  if (status === undefined || !isWhole || /\r\ntransfer-encoding:/i.test(head)) {
    throw new Error('the engine gave no whole answer');
  }
  if (status === '404') return undefined;
  const text = body.toString('utf8');
  if (status !== '200') throw new Error(`${status} ${text.slice(0, 200)}`);
  return JSON.parse(text);
}
