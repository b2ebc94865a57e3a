// Test projects by purpose: unit is fast and shares a process; the others need a real engine, and mostly wait for it.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The level of boxes whose test names none, when it is asked for: see CONTRIBUTING.md. */
const askedLevel = process.env.TRADEBOX_LEVEL || undefined;

/** Boxes of two files are beside each other on the engine, as boxes of two users are: nothing in a test may be another's. */
const engineWorkers = Math.min(4, availableParallelism());

/** What takes longest begins first, or one worker ends with it alone: the attacks, and what runs in machines. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rankOf = ({ moduleId, project }: TestSpecification) =>
      (/\/(attacks|isolation)\.test\.ts$/.test(moduleId) ? 0 : 2) + (project.name.endsWith('vm') ? 0 : 1);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

const engineProject = (folder: string, groupOrder: number, level = askedLevel) => {
  // Where QEMU translates, what runs in a machine takes ten times as long.
  const slowness = level === 'vm' ? 5 : 1;
  return {
    test: {
      name: level === askedLevel ? folder : `${folder}-${level}`,
      sequence: { groupOrder },
      include: [`test/${folder}/**/*.test.ts`],
      testTimeout: 120_000 * slowness,
      hookTimeout: 600_000 * slowness,
      maxWorkers: engineWorkers,
      globalSetup: ['test/support/engine-setup.ts'],
      ...(level === askedLevel ? {} : { exclude: untouchedByLevel, env: { TRADEBOX_LEVEL: level } }),
    },
  };
};

/** What they look at is the same whatever the agent's kernel: the sidecar's own container, or no engine at all. */
const untouchedByLevel = ['s02-crash', 's02-host-crash', 's08-sent-once'].map(
  (name) => `test/security/${name}.test.ts`,
);

/** The same files once more at each other level, unless one level is asked for. */
const otherLevels = askedLevel === undefined ? ['gvisor', 'vm'] : [];

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
      ...otherLevels.map((level) => engineProject('security', 2, level)),
      engineProject('e2e', 3),
    ],
  },
});
