// Which kernel answers the agent: this machine's own, or one between them where the box was made at a stronger level; and whether that
// one keeps read-only what is mounted so.
import { type Check, fail, pass, warn } from '../check.js';

export const isolationCheck: Check = {
  id: 'isolation',
  proves:
    'the kernel that answers the agent is the one its isolation level promises, and keeps read-only what is mounted so',
  invariants: ['S3'],
  async run({ box, engine }) {
    const { exitCode, stdout, stderr } = await box.exec(['cat', '/proc/version']);
    const seen = stdout.trim();
    if (exitCode !== 0 || seen === '')
      return fail(
        `the kernel was not told: ${stderr.trim().slice(0, 200)}`,
        'Run `tradebox diagnose` again.',
      );
    const isKept = await box.keepsReadOnly();
    if (isKept === false) {
      return fail(
        'a file of this machine below a read-only mount was emptied from the box',
        'Stop the box; bring the runtime up to date: `sudo ./scripts/install-gvisor` in a checkout of tradebox.',
      );
    }
    if (isKept === undefined && box.isolation === 'gvisor') {
      return warn(
        'whether its runtime keeps read-only mounts whole could not be tried',
        'Make the box anew; run `tradebox diagnose` again.',
      );
    }
    const isHosts = seen.includes(engine.kernel);
    if (box.isolation === 'container') {
      return pass(`container: shares ${isHosts ? `this machine's kernel ${engine.kernel}` : seen}`);
    }
    return isHosts
      ? fail(
          `${box.isolation} was asked for, and this machine's own kernel ${engine.kernel} answers`,
          'Stop the box; the engine’s runtime is not what it is named after.',
        )
      : pass(`${box.isolation}: ${seen.slice(0, 100)}; this machine's is ${engine.kernel}`);
  },
};
