// Entry of the probe bundle: one plan on standard input, one report on standard output. It runs in the agent's
// network and process namespaces but from the sidecar's image, so that a hostile agent image cannot answer for it.
import { text } from 'node:stream/consumers';
import { perform } from './actions.js';
import { type ProbeObservation, probePlanSchema } from './protocol.js';

const parallelActions = 32;

async function main(): Promise<void> {
  const plan = probePlanSchema.parse(JSON.parse(await text(process.stdin)));
  const report: ProbeObservation[] = [];
  for (let start = 0; start < plan.length; start += parallelActions) {
    report.push(...(await Promise.all(plan.slice(start, start + parallelActions).map(perform))));
  }
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
