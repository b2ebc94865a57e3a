#!/usr/bin/env node
// Host entry: gives the program the real process and ends with its code.
import { readFileSync } from 'node:fs';
import type { HostProcess } from './cli/context.js';
import { createInterrupts } from './cli/interrupts.js';
import { endFault, runProgram } from './cli/program.js';
import { readHostEnvironment } from './config/paths.js';
import { systemClock } from './core/clock.js';

const packageFile = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const host: HostProcess = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: readHostEnvironment(),
  cwd: process.cwd(),
  clock: systemClock,
  interrupts: createInterrupts(process, (code) => process.exit(code)),
};

process.on('uncaughtException', (thrown) => {
  process.exit(endFault(thrown, host, version));
});

process.exit(await runProgram(process.argv.slice(2), host, version));
