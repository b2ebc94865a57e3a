// The profile's own check, inside the box, by the vendor's unmodified tool.
import { type Check, fail, pass, skip } from '../check.js';

export const preflightCheck: Check = {
  id: 'preflight',
  proves: 'the profile’s own check passes inside the box',
  invariants: [],
  async run({ box }) {
    if (box.preflight.length === 0) return skip('the profile names none', '');
    const { exitCode, stdout, stderr } = await box.exec(box.preflight, 60_000);
    const lines = (stdout + stderr).trim().split('\n');
    return exitCode === 0
      ? pass(`${box.preflight.join(' ')} → exit 0`)
      : fail(
          `${box.preflight.join(' ')} → exit ${exitCode}: ${lines.slice(-3).join(' | ').slice(0, 400)}`,
          `Run \`tradebox exec ${box.name} -- ${box.preflight.join(' ')}\` to see all of it.`,
        );
  },
};
