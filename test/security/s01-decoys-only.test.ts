// S1: no real secret exists in the agent container.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inspectBox } from '../support/docker.js';
import { agentProc, agentProcesses, fileSystems, hunt } from '../support/hunt.js';
import { useDesk } from '../support/paper-desk.js';
import { skipReason } from '../support/requirements.js';

const vaultValue = `sk-real-${randomBytes(18).toString('base64url')}`;

const config = `version: 1
credentials:
  model:
    hosts: [model.example.com]
    bearer: true
    value: env:S01_MODEL_KEY
    env: [MODEL_KEY]
    llm: true
`;

describe.skipIf(skipReason('docker'))('S1', () => {
  process.env.S01_MODEL_KEY = vaultValue;
  const desk = useDesk('s01', {}, () => config);
  const places = () => [
    ...agentProcesses(desk.box.name),
    ...agentProc(desk.box.name),
    ...fileSystems(desk.box.name),
  ];

  test('the variable the agent reads holds a decoy', async () => {
    const { stdout } = await desk.box.sh('printf %s "$MODEL_KEY"');
    expect(stdout).toMatch(/^decoy-[0-9a-f]{40}$/);
  });

  test('the real value is in no process and no file of the box', () => {
    expect(hunt({ model: vaultValue }, places())).toEqual([]);
  });

  test('control: the same hunt finds a value that is planted in the box', async () => {
    await desk.box.sh(`printf %s ${Buffer.from(vaultValue).toString('hex')} > /tmp/planted`);
    expect(hunt({ model: vaultValue }, places()).length).toBeGreaterThan(0);
    await desk.box.sh('rm /tmp/planted');
  });

  test('the mount is the working directory; beside it the certificate, the flag and the resolver, which it cannot write', async () => {
    const { agent } = inspectBox(desk.box.name);
    // Within the working directory only what shields parts of it (S13).
    const places = agent.Mounts.map(({ Destination }) => Destination);
    expect(places).toContain('/workspace');
    const besides = places.filter((place) => !/^\/workspace(\/|$)/.test(place));
    expect(besides.sort()).toEqual(['/etc/resolv.conf', '/run/tradebox']);
    expect((await desk.box.sh('ls -A /run/tradebox')).stdout).toBe('ca.pem\ncacerts\nready\nresolv.conf\n');
    expect((await desk.box.sh('grep -c PRIVATE /run/tradebox/ca.pem')).stdout).toBe('0\n');
    expect((await desk.box.sh('touch /run/tradebox/x || rm -f /run/tradebox/ca.pem')).code).not.toBe(0);
    expect((await desk.box.sh('echo >> /etc/resolv.conf')).code).not.toBe(0);
  });
});
