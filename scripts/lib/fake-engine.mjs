// An engine with one box, as far as `ps` asks: the build lets it list that, so that V8's compiled code of the listing is kept.
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

const answers = [
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

/** Listens on a Unix socket; `address` is what DOCKER_HOST takes. */
export async function startFakeEngine(socketPath) {
  const server = createServer((request, response) => {
    const found = answers.find(([path]) => path.test(request.url));
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found === undefined ? { message: 'unknown' } : found[1]));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return { address: `unix://${socketPath}`, close: () => server.close() };
}
