// Entry of the sidecar: `control` bridges standard streams to a running one, no argument starts one.
import { controlSocketPath } from './control.js';
import { runControlBridge } from './control-server.js';
import { runSidecar } from './run.js';

const exit = (code: number): never => process.exit(code);

if (process.argv[2] === 'control') {
  runControlBridge(process.stdin, process.stdout, controlSocketPath).then(exit, () => exit(70));
} else {
  runSidecar({ stdin: process.stdin, stdout: process.stdout, exit }).catch(() => exit(70));
}
