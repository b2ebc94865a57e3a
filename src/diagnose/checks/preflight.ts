// The profile's own checks, inside the box, by the vendor's unmodified tool.
import { type Check, fail, pass, skip } from '../check.js';

const timeoutMs = 60_000;

export const preflightCheck: Check = {
  id: 'preflight',
  proves: 'the profile’s own checks pass inside the box',
  invariants: [],
  async run({ box }) {
    if (box.preflight.length === 0) return skip('the profile names none', '');
    for (const argv of box.preflight) {
      const { exitCode, stdout, stderr } = await box.exec(argv, timeoutMs);
      if (exitCode === 0) continue;
      const lastLines = (stdout + stderr).trim().split('\n').slice(-3).join(' | ').slice(0, 400);
      return fail(
        `${argv.join(' ')} → exit ${exitCode}: ${lastLines}`,
        `Run \`tradebox exec ${box.name} -- ${argv.join(' ')}\` to see all of it.`,
      );
    }
    return pass(box.preflight.map((argv) => `${argv.join(' ')} → exit 0`).join(', '));
  },
};
