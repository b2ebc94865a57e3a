// tradebox diagnose: proves the boundary of a box on the wire. Exit code 3 when a promise does not hold.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCodes } from '../../core/errors.js';
import type { CheckReport } from '../../diagnose/runner.js';
import { defineCommand, optional, text } from '../command.js';
import type { CliContext } from '../context.js';
import { printable, type Style } from '../style.js';

const resultSchema = z.object({
  box: z.string(),
  /** True when no check failed. */
  holds: z.boolean(),
  checks: z.array(
    z.object({
      id: z.string(),
      /** The promise, one sentence. */
      proves: z.string(),
      /** Numbers of SECURITY.md. */
      invariants: z.array(z.string()),
      /** pass, warn, fail or skip. */
      status: z.enum(['pass', 'warn', 'fail', 'skip']),
      /** What was seen. */
      observed: z.string(),
      /** What to do; empty for a pass. */
      remedy: z.string(),
      durationMs: z.number(),
    }),
  ),
});

export const command = defineCommand({
  description:
    'Acts inside the box with a probe of our own, in the agent’s network and process namespaces, and reports what really happened.\nWithout a name it makes a throwaway paper box and removes it again. Exit code 3 when a promise does not hold.',
  arguments: { name: optional('name', 'name of a running box') },
  options: { profile: text('--profile <profile>', 'profile of the throwaway box; shell when absent') },
  usesConfig: true,
  examples: [
    { command: 'tradebox diagnose', does: 'prove it in a throwaway box' },
    { command: 'tradebox diagnose lab --json', does: 'prove it for a running box, for programs' },
  ],
  result: resultSchema,
  render: ({ box, holds, checks }, style) =>
    [
      ...checks.map((check) => lineOf(check, style)),
      holds ? style.green(`${box}: the boundary holds`) : style.red(`${box}: the boundary does not hold`),
    ].join('\n'),
  run: async (context, { arguments: { name }, options }) => {
    const reports =
      name === undefined
        ? await diagnoseThrowaway(context, options.profile ?? 'shell')
        : await diagnoseRunning(context, name);
    const { boundaryHolds } = await import('../../diagnose/runner.js');
    const holds = boundaryHolds(reports.checks);
    return {
      result: {
        box: reports.box,
        holds,
        checks: reports.checks.map((check) => ({ ...check, invariants: [...check.invariants] })),
      },
      exitCode: holds ? exitCodes.ok : exitCodes.boundary,
    };
  },
});

interface Reports {
  box: string;
  checks: readonly CheckReport[];
}

async function diagnoseRunning(context: CliContext, name: string): Promise<Reports> {
  const { openEngine } = await import('../../sandbox/engine.js');
  const { examine } = await import('../launch/examine.js');
  const engine = await openEngine(context.env);
  const { reportWorkdir } = await import('../launch/workdir-evidence.js');
  await reportWorkdir(context, engine, name);
  const secrets = await secretsAtHand(context, name);
  return runAll(context, name, await examine(context, engine, name, secrets));
}

async function diagnoseThrowaway(context: CliContext, profile: string): Promise<Reports> {
  const { startBox } = await import('../launch/box.js');
  const { endBox, forgetBox } = await import('../launch/lifecycle.js');
  const { examine } = await import('../launch/examine.js');
  const workdir = mkdtempSync(join(tmpdir(), 'tradebox-diagnose-'));
  const name = `diagnose-${process.pid}`;
  const request = { profile, workdir, mode: 'demo', paper: true, accounts: [] } as const;
  try {
    const terminal = () => ({ isTty: false, hasStdin: true });
    const { engine, plan } = await startBox(
      context,
      { ...request, accounts: [] },
      { name, terminal, willAttach: false },
    );
    const end = () => endBox(context, engine, name).then(() => forgetBox(context, name));
    const release = context.interrupts.onEnd(end);
    try {
      return await runAll(context, name, await examine(context, engine, name, plan.secrets));
    } finally {
      await end();
      release();
    }
  } finally {
    rmSync(workdir, { recursive: true, force: true });
  }
}

async function runAll(
  context: CliContext,
  name: string,
  checkContext: Parameters<typeof import('../../diagnose/runner.js')['runChecks']>[1],
): Promise<Reports> {
  const { checks } = await import('../../diagnose/checks.js');
  const { runChecks } = await import('../../diagnose/runner.js');
  const progress = await context.output.progress(`diagnosing ${name}`);
  const reports = await runChecks(checks, checkContext, (report) =>
    progress.update(`${report.id}: ${report.status}`),
  );
  progress.drop();
  return { box: name, checks: reports };
}

/** The real values of a running box, when the vault opens without asking anybody; a paper box keeps its own to itself. */
async function secretsAtHand(context: CliContext, name: string) {
  const { recordIfReadable } = await import('../../sandbox/records.js');
  const { launchRecordSchema } = await import('../launch/request.js');
  const { planLaunch } = await import('../launch/plan.js');
  const launch = launchRecordSchema.safeParse(recordIfReadable(context.paths.stateDir, name)?.launch);
  if (!launch.success || launch.data.request.paper) return [];
  try {
    return (await planLaunch(context, launch.data.request, launch.data.decoys)).secrets;
  } catch {
    return []; // the check says that nothing was hunted
  }
}

function lineOf(check: z.output<typeof resultSchema>['checks'][number], style: Style): string {
  const mark = {
    pass: style.green('✔'),
    warn: style.yellow('!'),
    fail: style.red('✖'),
    skip: style.dim('-'),
  }[check.status];
  const remedy = check.remedy === '' ? '' : `\n    → ${printable(check.remedy)}`;
  return `${mark} ${check.proves}\n    ${style.dim(printable(check.observed))}${remedy}`;
}
