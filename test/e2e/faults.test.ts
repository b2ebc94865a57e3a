// The real okx CLI at a venue that fails: one box whose paper exchange meets each order with another fault. Asserted at the exchange and
// in what the sidecar says of each order.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InjectedFault, injectedFaults } from '../../src/paper/fault-rules.js';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { TestHome } from '../support/home.js';
import { okxDesk } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

/** A rate limit is of the whole account, and old prices are of reads. */
const faults = injectedFaults.filter((fault) => fault !== 'limited' && fault !== 'stale-prices');
const priceOf = (fault: InjectedFault): string => String(40_000 + injectedFaults.indexOf(fault));
const isTaken = (fault: InjectedFault): boolean => fault !== 'cut-before' && fault !== 'silent-before';

/** What the CLI hears of its order. */
const isAcknowledged: ReadonlySet<InjectedFault> = new Set([
  'ack-twice',
  'ack-of-another',
  'partial-fill',
  'fills-out-of-order',
]);

const file = `version: 1
faults:
${faults.map((fault) => `  - { when: ["POST /api/v5/trade/order", '"px":"${priceOf(fault)}"'], fault: ${fault} }`).join('\n')}
`;
const patient = `version: 1
orders: { reflexes: { breakerAnswers: 100, maxUnknown: 100 } }
`;
/** The CLI gives up after 15 s, the sidecar after 30. */
const longestMs = 60_000;

describe.skipIf(skipReason('docker', 'registry'))('the okx CLI at a venue that fails', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('okx-desk', okxDesk);
    home.writeConfig(patient);
    const faultsFile = path.join(home.configDir, 'faults.yaml');
    writeFileSync(faultsFile, file, { mode: 0o600 });
    const options = ['--paper', '--mode', 'demo', '--faults', faultsFile];
    box = await startBox(home, { profile: 'okx-desk', workdir: home.workdir(), hint: 'faults', options });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  const place = (price: string) => {
    const order = ['--instId', 'BTC-USDT', '--side', 'buy', '--ordType', 'limit', '--sz', '0.001'];
    return box.exec(['okx', 'spot', 'place', ...order, '--px', price, '--json']);
  };
  const told = async (): Promise<{ state: string }[]> => {
    const { boxes } = await home.json<{ boxes: { box: string; orders: { state: string }[] }[] }>([
      'orders',
      'list',
    ]);
    return boxes.find(({ box: name }) => name === box.name)?.orders ?? [];
  };

  test('each fault: no order twice, none that is not told of, each state true', {
    timeout: 120_000,
  }, async () => {
    // Side by side: two of them wait until somebody gives up.
    const placed = await Promise.all(faults.map((fault) => place(priceOf(fault))));
    for (const [index, fault] of faults.entries())
      expect([fault, placed[index]?.code === 0], JSON.stringify(placed[index])).toEqual([
        fault,
        isAcknowledged.has(fault),
      ]);
    const deadline = Date.now() + longestMs;
    while (
      Date.now() < deadline &&
      (await told()).some(({ state }) => state === 'sent' || state === 'unknown')
    )
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    const resting: { px: string }[] = JSON.parse(
      (await box.exec(['okx', 'spot', 'orders', '--json'])).stdout,
    );
    expect(resting.map(({ px }) => px).sort()).toEqual(faults.filter(isTaken).map(priceOf));
    const states = (await told()).map(({ state }) => state);
    expect(states).toHaveLength(faults.length);
    expect(states.filter((state) => state === 'acknowledged')).toHaveLength(resting.length);
    for (const state of states) expect(['acknowledged', 'reconciled']).toContain(state);
  });
});
