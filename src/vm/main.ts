// The program in a machine's container: `run` starts the machine, `exec` a process in it, `probe` proves that one
// boots here, `snapshot` boots one at image build for others to resume from.
import { execInMachine } from './exec.js';
import { startQemu } from './machine.js';
import { probeArguments } from './qemu.js';
import type { Accelerator, MachineRequest, MachineShape, ProcessRequest } from './requests.js';
import { brokenExit, runMachine } from './runner.js';
import { takeSnapshot } from './snapshot.js';

async function main([command, argument = '{}']: readonly string[]): Promise<number> {
  if (command === 'run') return runMachine(JSON.parse(argument) as MachineRequest);
  if (command === 'exec') return execInMachine(JSON.parse(argument) as ProcessRequest);
  if (command === 'snapshot') return takeSnapshot(JSON.parse(argument) as MachineShape);
  if (command !== 'probe') throw new Error(`there is no command ${command}`);
  const { qemu, booted } = await startQemu(probeArguments(argument as Accelerator));

  process.stdout.write(`${await booted}\n`);
  qemu.kill('SIGKILL');
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    process.stderr.write(`tradebox: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exit(brokenExit);
  },
);
