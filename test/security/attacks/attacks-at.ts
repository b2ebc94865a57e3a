// All attacks of the scorecard as tests on boxes of one level, one test each: those that may be are made side by side.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IsolationId } from '../../../src/core/isolation.js';
import { imageBuildTimeoutMs } from '../../support/box.js';
import { readmeTable, writeReadmeTable } from '../../support/readme.js';
import { type Requirement, skipReason } from '../../support/requirements.js';
import { attacks } from './attacks.js';
import { renewedTable, type ScoreAt } from './parity.js';
import { score } from './scorecard.js';
import { makeWorld, type World } from './world.js';

/** Where QEMU translates and another file is at work beside it, what takes a second takes half a minute. */
const attackTimeoutMs = 300_000;

/** Declares them. With TRADEBOX_README=1 what was seen is written into README's table. */
export function describeAttacks(isolation: IsolationId & Requirement): void {
  describe.skipIf(skipReason('docker', 'openssl', isolation))(`attacks on the level ${isolation}`, () => {
    let world: World;
    const scores: ScoreAt[] = [];
    beforeAll(async () => {
      world = await makeWorld(isolation);
    }, imageBuildTimeoutMs);
    afterAll(async () => {
      await world?.close();
      if (process.env.TRADEBOX_README !== '1') return;
      const day = new Date().toISOString().slice(0, 10);
      writeReadmeTable('attacks', renewedTable(readmeTable('attacks'), attacks, scores, day));
    });

    for (const attack of attacks) {
      const make = async () => {
        const one = await score(attack, world);
        scores.push({ ...one, isolation });
        expect(one.outcome, one.evidence).toBe('blocked');
        expect(one.control).toMatch(/^succeeded/);
      };
      (attack.isApart ? test : test.concurrent)(`${attack.id}: ${attack.title}`, make, attackTimeoutMs);
    }
  });
}
