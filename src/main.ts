// Host entry: gives the program the real process and ends with its code.
import './core/plain-schemas.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostProcess } from './cli/context.js';
import { createInterrupts } from './cli/interrupts.js';
import { endFault, runProgram } from './cli/program.js';
import { packageRoot } from './config/package-root.js';
import { readHostEnvironment } from './config/paths.js';
import { systemClock } from './core/clock.js';
import { hardenHostProcess } from './sidecar/hardening.js';

// S2: before any command is chosen, since most of them may hold a real secret.
hardenHostProcess();

const packageFile = readFileSync(join(packageRoot, 'package.json'), 'utf8');
const { version } = JSON.parse(packageFile) as { version: string };

const interrupts = createInterrupts(process, (code) => process.exit(code));
const host: HostProcess = {
  /** Made when it is first asked for. */
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: readHostEnvironment(),
  cwd: process.cwd(),
  clock: systemClock,
  interrupts,
};

process.on('uncaughtException', (thrown) => {
  process.exit(endFault(thrown, host, version));
});

// It never rejects. What a signal ended cleans up first, and the code is the signal's.
void runProgram(process.argv.slice(2), host, version).then((code) => {
  if (!interrupts.signal.aborted) process.exit(code);
});
