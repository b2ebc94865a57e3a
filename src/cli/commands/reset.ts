// tradebox reset: discards a box with everything in it and starts a clean one from the same command line.
import { resolve } from 'node:path';
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import type { Engine } from '../../sandbox/engine.js';
import { defineCommand, flag, optional, text } from '../command.js';
import type { CliContext } from '../context.js';

export const command = defineCommand({
  description:
    'Containers, networks, volumes, certificate authority and decoys go; the working directory and the journal stay.\nThe clean box runs in the background, with new decoys, from the command line that made the old one.\nWithout a name, the only box there is.',
  arguments: { name: optional('name', 'name of the box') },
  options: {
    all: flag('--all', 'every box'),
    keepEvidence: text(
      '--keep-evidence <dir>',
      'first save what the agent changed, the logs and the journal there',
    ),
    discard: flag('--discard', 'start no clean box'),
  },
  usesConfig: true,
  examples: [
    { command: 'tradebox reset lab', does: 'a clean box of the same name' },
    { command: 'tradebox reset lab --keep-evidence ./evidence', does: 'keep what is needed to look into it' },
    { command: 'tradebox reset --all --discard', does: 'leave no box at all' },
  ],
  result: z.object({
    boxes: z.array(
      z.object({
        name: z.string(),
        /** True when a clean box runs now. */
        isStarted: z.boolean(),
        /** Path of the evidence archive; null when none was asked for. */
        evidence: z.string().nullable(),
      }),
    ),
  }),
  render: ({ boxes }) =>
    boxes
      .map(({ name, isStarted, evidence }) => {
        const kept = evidence === null ? '' : `; evidence in ${evidence}`;
        return isStarted ? `${name}: discarded, a clean box runs${kept}` : `${name}: discarded${kept}`;
      })
      .join('\n'),
  run: async (context, { arguments: { name }, options }) => {
    if (name !== undefined && options.all) {
      throw new TradeboxError('USAGE', 'a name and --all exclude each other', {
        remedy: 'Give one of them.',
      });
    }
    const { openEngine } = await import('../../sandbox/engine.js');
    const { assertBoxName } = await import('../../sandbox/names.js');
    if (name !== undefined) assertBoxName(name);
    const opening = openEngine(context.env);
    opening.catch(() => {});
    await Promise.all([import('../launch/lifecycle.js'), import('../launch/request.js')]); // loaded while the engine answers
    const engine = await opening;
    const names = await chooseBoxes(context, engine, name, options.all);
    const boxes = [];
    for (const each of names) {
      boxes.push(await resetBox(context, engine, each, options.keepEvidence, options.discard));
    }
    return { result: { boxes } };
  },
});

async function chooseBoxes(
  context: CliContext,
  engine: Engine,
  name: string | undefined,
  isAll: boolean,
): Promise<string[]> {
  const { isKnown, liveBoxes } = await import('../launch/lifecycle.js');
  if (name !== undefined) {
    if (await isKnown(context, engine, name)) return [name];
    const { unknownBox } = await import('../../sandbox/names.js');
    throw unknownBox(name);
  }
  const live = await liveBoxes(context, engine);
  if (isAll || live.length === 1) return live;
  throw new TradeboxError(
    'USAGE',
    live.length === 0 ? 'there is no box' : `there are ${live.length} boxes: ${live.join(', ')}`,
    {
      remedy: live.length === 0 ? 'Start one with `tradebox run`.' : 'Name one of them, or use --all.',
    },
  );
}

async function resetBox(
  context: CliContext,
  engine: Engine,
  name: string,
  evidenceDir: string | undefined,
  isDiscarded: boolean,
): Promise<{ name: string; isStarted: boolean; evidence: string | null }> {
  const { endBox, forgetBox, replaceBox } = await import('../launch/lifecycle.js');
  const { recordIfReadable } = await import('../../sandbox/records.js');
  const { launchRecordSchema } = await import('../launch/request.js');
  const { stateDir } = context.paths;
  const evidence = evidenceDir === undefined ? null : await keepEvidence(context, engine, name, evidenceDir);
  const launch = launchRecordSchema.safeParse(recordIfReadable(stateDir, name)?.launch);
  if (isDiscarded || !launch.success) {
    const progress = await context.output.progress(`discarding the box ${name}`);
    await endBox(context, engine, name);
    progress.succeed(`discarded the box ${name}`);
    forgetBox(context, name);
    if (!isDiscarded)
      context.output.warn(`how ${name} was started is not known any more; start it with \`tradebox run\``);
    return { name, isStarted: false, evidence };
  }
  const { request } = launch.data;
  const { lastRules } = await import('../launch/taint.js');
  const { agreedRules } = await import('../launch/guard-start.js');
  const rules = await agreedRules(context, name, request.mode, lastRules(context, name));
  await replaceBox(context, engine, name, async (predecessor) => {
    const { startEarly } = await import('../launch/start-early.js');
    await startEarly(context, engine, request, {
      name,
      isDetached: true,
      predecessor,
      check: async () => rules,
    });
  });
  return { name, isStarted: true, evidence };
}

async function keepEvidence(context: CliContext, engine: Engine, name: string, dir: string): Promise<string> {
  const { collectEvidence } = await import('../../sandbox/evidence.js');
  const { file } = await collectEvidence(engine, name, {
    stateDir: context.paths.stateDir,
    targetDir: resolve(context.cwd, dir),
    nowMs: context.clock.nowMs(),
  });
  return file;
}
