// S11: what cannot be decided, recorded or read is refused.
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { docker, dockerBeside, hostAddress, inspectBox } from '../support/docker.js';
import { okxCall, testOnce, useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';
import { startTestBox } from '../support/sidecar-box.js';

describe.skipIf(boxSkipReason())('S11', () => {
  const desk = useDesk('s11');

  test('control: with its sidecar the box reaches the venue', async () => {
    expect((await okxCall(desk, 'GET', '/api/v5/account/balance')).status).toBe(200);
  });

  test('A13: without its sidecar nothing answers', async () => {
    docker('kill', inspectBox(desk.box.name).sidecar.Id);
    const [called, curled] = await Promise.all([
      okxCall(desk, 'GET', '/api/v5/account/balance'),
      desk.box.sh('curl -sS -m 5 https://echo.tradebox.internal/'),
    ]);
    expect([called.status, curled.code !== 0]).toEqual([0, true]);
  });

  // A container is the same beside each level.
  testOnce(
    'control: a container on a network of the engine’s needs no sidecar to reach somebody',
    async () => {
      const { agent } = inspectBox(desk.box.name);
      const server = createServer((socket) => socket.end('reached'));
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
      const { port } = server.address() as { port: number };
      const words = ['--rm', '--entrypoint', 'curl', agent.Image, '--http0.9', '-sS', '-m', '5'];
      try {
        const text = await dockerBeside('run', ...words, `http://${hostAddress()}:${port}/`);
        expect(text).toBe('reached');
      } finally {
        server.close();
      }
    },
  );

  testOnce('mode live without guardrails is refused', async () => {
    const words = ['run', 'sh', desk.home.workdir(), '--mode', 'live', '--name', desk.home.boxName('s11m')];
    const result = await desk.home.run(words);
    expect([result.code, result.stderr.includes('→')]).toEqual([2, true]);
  });

  testOnce('a configuration that cannot be understood starts nothing', async () => {
    const config = desk.home.writeConfig('version: 1\nhosts:\n  - host: "*"\n    reason: everything\n');
    const words = [
      'run',
      'sh',
      desk.home.workdir(),
      '--paper',
      '--config',
      config,
      '--name',
      desk.home.boxName('s11c'),
    ];
    const result = await desk.home.run(words);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/tradebox\.yaml:3:/);
  });

  testOnce('a sidecar whose settings contradict themselves does not start', async () => {
    const contradiction = startTestBox(() => ({
      credentials: [
        { kind: 'venue', id: 'okx-main', venue: 'okx', environment: 'live', secrets: {}, decoys: {} },
      ],
      paper: { seed: 'seed', venues: ['okx'] },
    }));
    await expect(contradiction).rejects.toThrow();
  });
});
