// ATTACKS A, B, E6–E8 and what exists of C and D, from inside a real agent container, each with its negative control: the cases of
// `npm run attacks`, one test each.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageBuildTimeoutMs } from '../support/box.js';
import { skipReason, suiteLevel } from '../support/requirements.js';
import { attacks } from './attacks/attacks.js';
import { score } from './attacks/scorecard.js';
import { makeWorld, type World } from './attacks/world.js';

/** Those that meet another kernel's network and files, for time: `npm run attacks -- --isolation all` makes all at each level, as do these tests with TRADEBOX_LEVEL. */
const atGvisor = ['A1', 'A2', 'A3', 'A4', 'A5', 'A13', 'A15', 'B1', 'E6', 'E8-DISK'];

describe.skipIf(suiteLevel() !== 'container' || skipReason('docker', 'openssl', 'gvisor'))(
  'attacks on the level gvisor',
  () => {
    let world: World;
    beforeAll(async () => {
      world = await makeWorld('gvisor');
    }, imageBuildTimeoutMs);
    afterAll(() => world?.close());

    for (const attack of attacks.filter(({ id }) => atGvisor.includes(id))) {
      test(`${attack.id}: ${attack.title}`, async () => {
        const { outcome, evidence } = await score(attack, world);
        expect(outcome, evidence).toBe('blocked');
      });
    }
  },
);

describe.skipIf(skipReason('docker', 'openssl'))('attacks', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld(suiteLevel());
  }, imageBuildTimeoutMs);
  afterAll(() => world?.close());

  for (const attack of attacks) {
    test(`${attack.id}: ${attack.title}`, async () => {
      const { outcome, evidence, control } = await score(attack, world);
      expect(outcome, evidence).toBe('blocked');
      expect(control).toMatch(/^succeeded/);
    });
  }
});
