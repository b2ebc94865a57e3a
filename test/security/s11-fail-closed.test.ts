// S11: what cannot be decided, recorded or read is refused.
import { describe, expect, test } from 'vitest';
import { docker, inspectBox } from '../support/docker.js';
import { okxCall, useDesk } from '../support/paper-desk.js';
import { skipReason } from '../support/requirements.js';
import { startTestBox } from '../support/sidecar-box.js';

describe.skipIf(skipReason('docker'))('S11', () => {
  const desk = useDesk('s11');

  test('control: with its sidecar the box reaches the venue', async () => {
    expect((await okxCall(desk, 'GET', '/api/v5/account/balance')).status).toBe(200);
  });

  test('A13: without its sidecar nothing answers', async () => {
    docker('kill', inspectBox(desk.box.name).sidecar.Id);
    expect((await okxCall(desk, 'GET', '/api/v5/account/balance')).status).toBe(0);
    expect((await desk.box.sh('curl -sS -m 5 https://echo.tradebox.internal/')).code).not.toBe(0);
  });

  test('mode live without guardrails is refused', async () => {
    const words = ['run', 'sh', desk.home.workdir(), '--mode', 'live', '--name', desk.home.boxName('s11m')];
    const result = await desk.home.run(words);
    expect([result.code, result.stderr.includes('→')]).toEqual([2, true]);
  });

  test('a configuration that cannot be understood starts nothing', async () => {
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
});

describe('S11 in the sidecar', () => {
  test('settings that contradict themselves are refused', async () => {
    const contradiction = startTestBox(() => ({
      credentials: [
        { kind: 'venue', id: 'okx-main', venue: 'okx', environment: 'live', secrets: {}, decoys: {} },
      ],
      paper: { seed: 'seed', venues: ['okx'] },
    }));
    await expect(contradiction).rejects.toThrow();
  });
});
