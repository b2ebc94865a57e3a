// tradebox ps: boxes and the state the engine says they are in.
import { z } from 'zod';
import { boxTable } from '../box-table.js';
import { defineCommand } from '../command.js';
import type { CliContext } from '../context.js';

const boxSchema = z.object({
  name: z.string(),
  /** running, agent-exited, sidecar-dead, stopped or partial. */
  state: z.string(),
  /** Where the state comes from. */
  detail: z.string(),
  profile: z.string(),
  mode: z.string(),
  /** container, gvisor or vm. */
  isolation: z.string(),
  isPaper: z.boolean(),
  createdAt: z.string(),
  /** Milliseconds the agent has been running; null when it does not run. */
  upMs: z.number().nullable(),
  /** Exit code of an agent that has ended; null otherwise. */
  exitCode: z.int().nullable(),
  /** True when evidence of misbehaviour bars it from sending orders until it is reset. */
  isTainted: z.boolean(),
  /** Pieces of such evidence, also those that only warn. */
  evidence: z.int(),
  /** The newest piece in words; null without any. */
  lastEvidence: z.string().nullable(),
  /** Why new guardrails are not in force; null when none wait. */
  guardrailsProblem: z.string().nullable(),
});

export const command = defineCommand({
  examples: [
    { command: 'tradebox ps', does: 'every box' },
    { command: 'tradebox ps --json', does: 'the same, for programs' },
  ],
  result: z.object({ boxes: z.array(boxSchema) }),
  render: ({ boxes }, style) => boxTable(boxes, style),
  run: async (context) => {
    const { listAllBoxes } = await import('../../sandbox/list-boxes.js');
    const listing = listAllBoxes(context.env, context.clock.nowMs());
    listing.catch(() => {}); // told where it is awaited
    const { boxTaint } = await import('../launch/taint.js'); // loaded while the engine answers
    const boxes = await listing;
    await tellWorkdirs(
      context,
      boxes.filter(({ status }) => status === 'running').map(({ name }) => name),
    );
    return {
      result: {
        boxes: boxes.map(
          ({ name, status, detail, profile, mode, isolation, isPaper, createdAt, upMs, exitCode }) => ({
            name,
            state: status,
            detail,
            profile,
            mode,
            isolation,
            isPaper,
            createdAt,
            upMs: upMs ?? null,
            exitCode: exitCode ?? null,
            ...boxTaint(context, name),
          }),
        ),
      },
    };
  },
});

/** Before the taint is read: what the host sees is part of it. Nothing is loaded or asked where nothing changed. */
async function tellWorkdirs(context: CliContext, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { workdirEvidence, reportWorkdir } = await import('../launch/workdir-evidence.js');
  const changed = names.filter((name) => workdirEvidence(context, name).length > 0);
  if (changed.length === 0) return;
  const { openEngine } = await import('../../sandbox/engine.js');
  const engine = await openEngine(context.env);
  for (const name of changed) await reportWorkdir(context, engine, name);
}
