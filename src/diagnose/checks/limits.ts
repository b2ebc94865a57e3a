// The box's memory and processes are bounded: an engine may take a limit and never set it (rootless, on cgroup v1). And its disk is
// watched (images/agent/keeper): a runtime may show it another disk than the one it fills.
import { type Check, fail, pass, warn } from '../check.js';

/** Of cgroup v2 and v1; a line each, the first that is there. */
const script = `first() { for file; do cat "$file" 2>/dev/null && return; done; echo none; }
first /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes
first /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max
grep MemTotal /proc/meminfo
stat -f -c %T /`;

/** gVisor's file system for what lies on its host's. */
const gvisorsHostFiles = 'v9fs';

/** Without a limit cgroup v1 tells the largest number of pages there is, v2 says `max`. */
const unlimitedBytes = 2 ** 60;

export const limitsCheck: Check = {
  id: 'limits',
  proves: 'the box cannot take all memory, processes and disk of this machine',
  invariants: ['S11'],
  async run({ box }) {
    const { exitCode, stdout, stderr } = await box.exec(['sh', '-c', script]);
    const [memory = '', pids = '', total = '', root = ''] = stdout.trim().split('\n');
    if (exitCode !== 0 || total === '')
      return fail(`no limit could be read: ${stderr.trim().slice(0, 200)}`, 'Run `tradebox diagnose` again.');
    if (box.isolation === 'gvisor' && root !== gvisorsHostFiles)
      return warn(
        `its runtime lays ${root} over the root: what the box writes below / is not seen by the watch on the disk`,
        'Register the runtime with --overlay2=none: `sudo ./scripts/install-gvisor` does.',
      );
    // A kernel of the box's own has no more than it was given.
    if (box.isolation !== 'container') return pass(`its kernel has ${total.replace(/\s+/g, ' ')}`);
    const unset = [
      ...(isLimit(memory) && Number(memory) < unlimitedBytes ? [] : ['memory']),
      ...(isLimit(pids) ? [] : ['processes']),
    ];
    return unset.length === 0
      ? pass(`${Math.round(Number(memory) / 1024 ** 2)} MB, ${pids} processes`)
      : fail(
          `no limit of ${unset.join(' and ')}: the engine did not set what it was asked for`,
          'Use an engine that runs as root, or cgroup v2 with its controllers delegated to you.',
        );
  },
};

const isLimit = (text: string): boolean => /^\d+$/.test(text);
