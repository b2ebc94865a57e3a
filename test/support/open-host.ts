// The weakened setting of security tests: a host without an operation table, opened by the configuration, that takes any request.
import { createServer } from 'node:https';
import { afterAll, beforeAll } from 'vitest';
import { hostAddress } from './docker.js';
import type { TestHome } from './home.js';
import { makeCertificate } from './throwaway-ca.js';

export interface OpenHost {
  host: string;
  /** `METHOD target` of each request that arrived. */
  taken: string[];
  /** A configuration in which a box reaches it, for useDesk. */
  config(home: TestHome): string;
}

/** Starts it for the tests of a file. */
export function useOpenHost(): OpenHost {
  const host = 'open.desk.test';
  const taken: string[] = [];
  const { ca, cert, key } = makeCertificate([host]);
  const server = createServer({ cert, key }, (request, response) => {
    request.resume();
    taken.push(`${request.method} ${request.url}`);
    response.end('taken');
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => void server.close());
  return {
    host,
    taken,
    config(home) {
      const file = home.writePrivate('open-ca.pem', ca);
      return `version: 1\npins:\n  - { host: ${host}, address: ${hostAddress()}, port: ${port}, ca: ${file}, reason: a host of this test }\n`;
    },
  };
}
