// Test projects by purpose: unit is fast and shares a process; the others need a real engine, and mostly wait for it.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where QEMU translates, what runs in a machine takes ten times as long. */
const slowness = process.env.TRADEBOX_LEVEL === 'vm' ? 5 : 1;

/** Boxes of two files are beside each other on the engine, as boxes of two users are: nothing in a test may be another's. */
const engineWorkers = Math.min(4, availableParallelism());

/** What takes longest begins first, or one worker ends with it alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/(attacks-vm|attacks-gvisor|attacks|isolation)\.test\.ts$/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const engineProject = (name: string, groupOrder: number) => ({
  test: {
    name,
    sequence: { groupOrder },
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: 120_000 * slowness,
    hookTimeout: 600_000 * slowness,
    maxWorkers: engineWorkers,
    globalSetup: ['test/support/engine-setup.ts'],
  },
});

export default defineConfig({
  test: {
    reporters: ['default'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          maxWorkers: '100%',
          testTimeout: 30_000,
        },
      },
      engineProject('integration', 1),
      engineProject('security', 2),
      engineProject('e2e', 3),
    ],
  },
});
