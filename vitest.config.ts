// Test projects by purpose: unit is fast and shares a process; the others need a real engine and run one file at a time.
import { defineConfig } from 'vitest/config';

/** Where QEMU translates, what runs in a machine takes ten times as long. */
const slowness = process.env.TRADEBOX_LEVEL === 'vm' ? 5 : 1;

const engineProject = (name: string) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: 120_000 * slowness,
    hookTimeout: 600_000 * slowness,
    fileParallelism: false,
    globalSetup: ['test/support/engine-setup.ts'],
  },
});

export default defineConfig({
  test: {
    reporters: ['default'],
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
      engineProject('integration'),
      engineProject('security'),
      engineProject('e2e'),
    ],
  },
});
