// S12: reset leaves nothing of the old box, and touches nothing else.
import { describe, expect, test } from 'vitest';
import { docker, inspectBox, labelledObjects } from '../support/docker.js';
import { useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

describe.skipIf(boxSkipReason())('S12', () => {
  const desk = useDesk('s12');
  const view = async () => {
    const { agent, sidecar } = inspectBox(desk.box.name);
    const { stdout: ca } = await desk.box.sh('cat /etc/ssl/certs/ca-certificates.crt');
    const { stdout: decoy } = await desk.box.sh('printf %s "$OKX_SECRET_KEY"');
    return {
      agent: agent.Id,
      sidecar: sidecar.Id,
      ca,
      decoy,
      objects: labelledObjects(`tradebox.box=${desk.box.name}`),
    };
  };

  test('control: with no reset between, the same look finds all of the old box', async () => {
    await desk.box.sh('echo before > /home/agent/before');
    const before = await view();
    expect(await view()).toEqual(before);
    expect((await desk.box.sh('cat /home/agent/before')).stdout).toBe('before\n');
  });

  test('containers, certificate authority, decoys and what the agent wrote are new; strangers stay', async () => {
    const stranger = desk.home.boxName('stranger');
    const network = `tradebox-${stranger}-inside`;
    docker('create', '--name', `tradebox-${stranger}-agent`, inspectBox(desk.box.name).agent.Image, 'true');
    docker('network', 'create', network);
    try {
      await desk.box.sh('echo tainted > /home/agent/tainted; echo kept > /workspace/kept');
      const before = await view();
      await desk.home.ok(['reset', desk.box.name]);
      const after = await view();
      for (const key of ['agent', 'sidecar', 'ca', 'decoy'] as const)
        expect(after[key], key).not.toBe(before[key]);
      expect(after.objects).toHaveLength(4);
      expect((await desk.box.sh('cat /home/agent/tainted')).code).not.toBe(0);
      expect((await desk.box.sh('cat /workspace/kept')).stdout).toBe('kept\n');
      expect(docker('network', 'ls', '--filter', `name=${network}`, '--format', '{{.Name}}')).toBe(network);
      expect(
        docker('ps', '-a', '--filter', `name=tradebox-${stranger}-agent`, '--format', '{{.Names}}'),
      ).not.toBe('');
    } finally {
      docker('rm', '-f', `tradebox-${stranger}-agent`);
      docker('network', 'rm', network);
    }
  });

  test('the journal goes on over a reset', async () => {
    const opened = (await desk.box.journal()).filter(({ event }) => event.type === 'sidecar.started');
    expect(opened.length).toBe(2);
  });

  test('a box whose parts somebody removed is still reset', async () => {
    docker('rm', '-f', inspectBox(desk.box.name).sidecar.Id);
    await desk.home.ok(['reset', desk.box.name]);
    expect(
      (await desk.box.sh('curl -sS -o /dev/null -w "%{http_code}" https://echo.tradebox.internal/')).stdout,
    ).toBe('200');
  });
});
