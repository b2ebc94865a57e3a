// Entry of the probe bundle: one line of plan on standard input, one line of report on standard output. It runs in the agent's
// network and process namespaces but from the sidecar's image, so that a hostile agent image cannot answer for it.
import { createInterface } from 'node:readline';
import { perform } from './actions.js';
import { type ProbeObservation, probePlanSchema } from './protocol.js';

const parallelActions = 32;

async function main(): Promise<void> {
  const plan = probePlanSchema.parse(JSON.parse(await firstLine()));
  const report: ProbeObservation[] = [];
  for (let start = 0; start < plan.length; start += parallelActions) {
    report.push(...(await Promise.all(plan.slice(start, start + parallelActions).map(perform))));
  }
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** The input is not waited out: an engine may hold it open for as long as the container lives. */
async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    process.stdin.destroy();
    return line;
  }
  throw new Error('no plan on standard input');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
