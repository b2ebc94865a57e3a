// ATTACKS A14: floods: of connections, of heads and of bodies that never end.
import { docker, dockerBeside, inspectBox } from '../../support/docker.js';
import { type Attack, gains, type Variant, variant } from './attack.js';
import type { Place } from './place.js';

export const floodAttack: Attack = {
  id: 'A14',
  title:
    'slowloris, header bomb, half-open floods, a body that never ends: others are served, memory is bounded',
  isApart: true,
  setting: 'a peer that keeps what it is sent, with 64 MB, in the sidecar’s place',
  attempt: (place, world) => flood(place, world.sidecarAddress, inspectBox(world.box.name).sidecar.Id),
  async control(world) {
    const line = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /tmp/key -out /tmp/cert -subj /CN=naive -days 1 2>/dev/null && exec node --max-old-space-size=64 -e '${naivePeer}'`;
    const words = ['-d', '--init', '--user', '0', '--entrypoint', 'sh', world.image, '-c', line];
    const container = await dockerBeside('run', ...words);
    try {
      await expectLine(container, 'ready');
      const address = docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', container);
      const found = await flood(world.plain, address, container);
      const won = gains(found).map(({ name }) => name);
      if (!won.includes('a request during the flood')) throw new Error('the peer serves during the flood');
      return found;
    } finally {
      await dockerBeside('rm', '-f', container);
    }
  },
};

/** Listens where a sidecar does, reads all that comes, and bounds nothing. */
const naivePeer = `
const fs = require("node:fs"), tls = require("node:tls"), net = require("node:net");
const all = [];
const serve = (socket) => { socket.on("error", () => {}); let head = "";
  socket.on("data", (data) => { const text = data.toString("latin1"); head += text; all.push(text.split(""));
    if (head.startsWith("GET /flood") && head.endsWith("\\r\\n\\r\\n")) socket.end("HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n"); }); };
tls.createServer({ key: fs.readFileSync("/tmp/key"), cert: fs.readFileSync("/tmp/cert") }, serve).listen(443, () => net.createServer(serve).listen(3128, () => console.log("ready")));`;

async function expectLine(container: string, text: string): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    if (docker('logs', container).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`it never said ${text}`);
}

/** Floods what listens at an address, then asks it for a page; says what of its container is left. */
async function flood(place: Place, address: string, container: string): Promise<Variant[]> {
  const result = await place.run(async (tools, sidecar) => {
    const net = tools.require('node:net') as typeof import('node:net');
    const tls = tools.require('node:tls') as typeof import('node:tls');
    const sockets: import('node:net').Socket[] = [];
    const keep = <T extends import('node:net').Socket>(socket: T): T => {
      socket.on('error', () => {});
      sockets.push(socket);
      return socket;
    };
    for (let at = 0; at < 400; at += 1) keep(net.connect(443, sidecar));
    for (let at = 0; at < 300; at += 1) keep(net.connect(3128, sidecar)).write('CONNECT mirror');
    for (let at = 0; at < 40; at += 1)
      keep(
        tls.connect({ host: sidecar, port: 443, servername: 'other.desk.test', rejectUnauthorized: false }),
      ).write('GET / HTTP/1.1\r\nX-');
    const flood = (first: string, piece: Buffer) => {
      const socket = keep(
        tls.connect({ host: sidecar, port: 443, servername: 'other.desk.test', rejectUnauthorized: false }),
      );
      socket.write(first);
      const more = () => {
        while (!socket.destroyed && socket.writable && socket.write(piece));
      };
      socket.on('drain', more);
      more();
    };
    const head = 'Host: other.desk.test\r\n';
    for (let at = 0; at < 4; at += 1) {
      flood(`GET /open/ HTTP/1.1\r\n${head}`, Buffer.from(`X-A: ${'a'.repeat(16_000)}\r\n`));
      flood(
        `POST /open/ HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n`,
        Buffer.from(`4000\r\n${'b'.repeat(16_384)}\r\n`),
      );
      flood(`GET /open/${'c'.repeat(10_000)}`, Buffer.from('d'.repeat(16_384)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    // Where QEMU translates, a flood takes its own machine's processor first: there the question is what the sidecar does after it.
    if (tools.slowness > 1) for (const socket of sockets) socket.destroy();
    const during = await tools.tls({
      host: 'mirror.desk.test',
      address: sidecar,
      send: 'GET /flood HTTP/1.1\r\nHost: mirror.desk.test\r\n\r\n',
    });
    const open = sockets.filter((socket) => !socket.destroyed).length;
    for (const socket of sockets) socket.destroy();
    return { during, open };
  }, address);
  const isRunning = docker('inspect', '--format', '{{.State.Running}}', container) === 'true';
  const memory = isRunning ? memoryOf(container) : 0;
  const [line = ''] = result.during.split('\r\n');
  return [
    variant(
      'a request during the flood',
      !line.includes(' 200') && `not served: ${line}`,
      `${line}, ${result.open} floods open`,
    ),
    variant('who was flooded', !isRunning && 'it died', 'lives'),
    variant('its memory', memory > 400 && `${memory} MB`, `${memory} MB`),
  ];
}

/** Megabytes that a container's processes hold, as the engine counts. */
function memoryOf(container: string): number {
  const used =
    docker('stats', '--no-stream', '--format', '{{.MemUsage}}', container).split('/')[0]?.trim() ?? '';
  const [, amount = '0', unit = 'MiB'] = /^([\d.]+)([A-Za-z]+)$/.exec(used) ?? [];
  return Math.round(Number(amount) * (unit === 'GiB' ? 1024 : unit === 'KiB' ? 1 / 1024 : 1));
}
