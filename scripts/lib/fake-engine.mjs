// An engine with one box as far as `ps` and `run` ask: the build lets them ask it, so that V8's compiled code of the way is kept.
import { createServer } from 'node:http';

const labels = (role) => ({
  'tradebox.box': 'smoke',
  'tradebox.id': '0123456789abcdef',
  'tradebox.role': role,
  'tradebox.profile': 'shell',
  'tradebox.mode': 'demo',
  'tradebox.paper': 'true',
  'tradebox.created': '2026-11-20T00:00:00.000Z',
});

const container = (role) => ({
  Id: role,
  Names: [`/tradebox-smoke-0123-${role}`],
  Labels: labels(role),
  State: 'running',
  Status: 'Up 1 second',
  Image: 'image',
});

/** The ways that do not look at boxes begin without a version: the whole client asks so. */
const answers = [
  [/^\/_ping$/, {}],
  [/^\/info$/, { ID: 'smoke', SecurityOptions: [] }],
  [/^\/images\//, { Id: 'image', Size: 1, Config: {} }],
  [/^\/(containers\/json|networks\?)/, []],
  [/^\/(networks|containers)\/create/, { Id: 'made' }],
  [/^\/(networks|containers)\/made/, {}],
  [/^\/v1\.41\/containers\/json/, [container('agent'), container('sidecar')]],
  [
    /^\/v1\.41\/networks/,
    ['inside', 'egress'].map((role) => ({
      Id: role,
      Name: `tradebox-smoke-0123-${role}`,
      Labels: labels(role),
    })),
  ],
  [
    /^\/v1\.41\/containers\/agent\/json/,
    {
      Id: 'agent',
      Name: '/tradebox-smoke-0123-agent',
      State: {
        Status: 'running',
        ExitCode: 0,
        OOMKilled: false,
        StartedAt: '2026-11-20T00:00:01Z',
        Error: '',
      },
      Config: { Labels: labels('agent'), Image: 'image', Tty: false, OpenStdin: true },
      NetworkSettings: { Networks: {} },
    },
  ],
];

const ready = `${JSON.stringify({
  ready: true,
  protocol: 1,
  ca: '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n',
  head: { seq: 1, hash: '00' },
  startupMs: 1,
  warnings: [],
})}\n`;

/** A sidecar's standard streams: says that it is ready once it was told something (frames of the Docker Engine API, "Attach"). */
function attach(_request, socket) {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(ready), 4);
  socket.on('error', () => {});
  socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
  socket.once('data', () => socket.write(Buffer.concat([head, Buffer.from(ready)])));
}

/** Listens on a Unix socket; `address` is what DOCKER_HOST takes. */
export async function startFakeEngine(socketPath) {
  // The client repeats what it sends in the query.
  const server = createServer({ maxHeaderSize: 2 ** 20 }, (request, response) => {
    const found = answers.find(([path]) => path.test(request.url));
    response.writeHead(found === undefined ? 404 : 200, {
      'content-type': 'application/json',
      server: 'Docker/20.10.24 (linux)',
      'api-version': '1.41',
    });
    response.end(JSON.stringify(found === undefined ? { message: 'unknown' } : found[1]));
  });
  server.on('upgrade', attach);
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return { address: `unix://${socketPath}`, close: () => server.close() };
}
