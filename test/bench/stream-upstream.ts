// The upstream of streams: server-sent events with the instant of their writing, a WebSocket that sends back, and a port whose
// answers take 20 ms longer. Started by shapes.ts: stream-upstream.ts <certificate> <key> <streams port> <late address> <late port>
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import net from 'node:net';
import { WebSocketServer } from 'ws';

const [cert = '', key = '', streams = '', lateAddress = '', latePort = ''] = process.argv.slice(2);
const eachWayMs = 10;

const server = createServer(
  { cert: readFileSync(cert), key: readFileSync(key), noDelay: true },
  (request, response) => {
    let left = Number(new URL(request.url ?? '/', 'https://x').searchParams.get('events') ?? 0);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    const timer = setInterval(() => {
      response.write(`data: ${process.hrtime.bigint()}\n\n`);
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      response.end();
    }, 2);
    response.on('close', () => clearInterval(timer));
  },
);
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (peer) => {
  peer.on('error', () => {});
  peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
});
const late = net.createServer({ noDelay: true }, (socket) => {
  const upstream = net.connect({ port: 443, host: '127.0.0.1', noDelay: true });
  for (const [from, to] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), eachWayMs));
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
});
late.listen(Number(latePort), lateAddress, () => server.listen(Number(streams), '127.0.0.1'));
