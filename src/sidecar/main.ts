// Entry of the sidecar: `control` bridges standard streams to a running one, no argument starts one. Its image holds a snapshot
// of the loaded program, so nothing that a module makes when it is loaded may be of one process alone: no random bytes, no clock.
import '../core/plain-schemas.js';
import { startupSnapshot } from 'node:v8';
import { controlSocketPath } from './control.js';
import { runControlBridge } from './control-server.js';
import { hardenProcess } from './hardening.js';
import { runSidecar } from './run.js';

const exit = (code: number): never => process.exit(code);

function main(): void {
  if (process.argv[2] === 'control') {
    hardenProcess(); // a rotation's new value passes through
    runControlBridge(process.stdin, process.stdout, controlSocketPath).then(exit, () => exit(70));
  } else {
    runSidecar({ stdin: process.stdin, stdout: process.stdout, exit }).catch(() => exit(70));
  }
}

if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(main);
else main();
