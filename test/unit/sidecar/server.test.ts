import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import type { IngressEnvironment } from '../../../src/sidecar/listeners/ingress.js';
import { listen, Watch } from '../../../src/sidecar/listeners/ingress.js';
import { startTransparentTls } from '../../../src/sidecar/listeners/transparent.js';
import { startIngress } from '../../../src/sidecar/server.js';
import { eventually, freePorts, rawClient, startTestBox } from '../../support/sidecar-box.js';

const env = () => ({ watch: new Watch() }) as IngressEnvironment;
const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

test('all doors open and close together', async () => {
  const [tls, http, connect] = (await freePorts(3)) as [number, number, number];
  const server = await startIngress(env(), {
    address: '127.0.0.1',
    dnsPort: 0,
    tlsPorts: [tls],
    httpPorts: [http],
    connectPort: connect,
  });
  expect(await Promise.all([tls, http, connect].map(isFree))).toEqual([false, false, false]);
  await server.close();
  expect(await Promise.all([tls, http, connect].map(isFree))).toEqual([true, true, true]);
});

test('when one door cannot open none stays open', async () => {
  const [tls, taken] = (await freePorts(2)) as [number, number];
  const blocker = await startTransparentTls(env(), '127.0.0.1', taken);
  const network = { address: '127.0.0.1', dnsPort: 0, tlsPorts: [tls], httpPorts: [], connectPort: taken };
  await expect(startIngress(env(), network)).rejects.toThrow('EADDRINUSE');
  expect(await isFree(tls)).toBe(true);
  blocker.close();
});

test('a watch looks at its members until their sockets close', async () => {
  const watch = new Watch(5);
  const looked: string[] = [];
  const socket = new net.Socket();
  const member = {
    checkDeadline: () => void looked.push('look'),
    destroy: () => void looked.push('destroy'),
  };
  watch.add(member, socket);
  await eventually(() => looked.length > 1);
  watch.close();
  expect(looked.at(-1)).toBe('destroy');
  socket.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  expect(watch.size).toBe(0);
  watch.add(member, new net.Socket());
  watch.remove(member);
  expect(watch.size).toBe(0);
});

test('a listener takes only so many connections', async () => {
  const server = net.createServer();
  await listen(server, '127.0.0.1', 0);
  expect(server.maxConnections).toBe(2048);
  server.close();
});

test('a process that stood still ends no client whose request came meanwhile', async () => {
  const box = await startTestBox(() => ({}), { watchIntervalMs: 20, clientLimits: { headMs: 1_000 } });
  const client = rawClient(net.connect(box.httpPort, '127.0.0.1'));
  await once(client.socket, 'connect');
  client.write('GET / HTTP/1.1\r\n');
  await new Promise((resolve) => setTimeout(resolve, 5));
  // From here the event loop comes to its timers before it comes to what sockets hold.
  await new Promise((resolve) => setImmediate(resolve));
  client.write('Host: tradebox.internal\r\n\r\n');
  const until = performance.now() + 1_500;
  while (performance.now() < until);
  expect(await client.until('\r\n\r\n')).toContain('200 OK');
  client.socket.destroy();
  await box.stop();
});
