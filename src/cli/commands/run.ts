// tradebox run: makes a box and attaches to its agent. The agent's exit code is the command's.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { isolationWishes } from '../../core/isolation.js';
import type { Engine } from '../../sandbox/engine.js';
import { choice, defineCommand, flag, repeated, required, text } from '../command.js';
import type { CliContext } from '../context.js';
import type { StartedBox } from '../launch/box.js';
import type { LaunchRequest } from '../launch/request.js';

const modes = ['readonly', 'demo', 'shadow', 'propose', 'live'] as const;

export const command = defineCommand({
  description:
    'Makes a box: an agent container with one mounted directory and decoy credentials, and a sidecar that holds the real ones.\nBefore that the directory is searched for real secrets; a find refuses the run. Nobody is asked for one that the box does not get.\nThe exit code is the agent’s own, 137 where `tradebox stop` or `reset` ended it. When the agent ends, its box is removed; the journal stays. Where a box of the name is tainted, the evidence is shown and you are asked whether to reset it; without a terminal it is refused. Where orders rest in a live account the sidecar stays, too, to watch them.\nThe mode comes from --mode, else from tradebox.yaml; with --paper it is demo.',
  arguments: {
    profile: required('profile', 'what to box; `tradebox profiles` lists them'),
    workdir: required('workdir', 'the one directory the agent can see, as /workspace'),
  },
  options: {
    name: text('--name <name>', 'name of the box; made from profile and directory when absent'),
    mode: choice('--mode <mode>', modes, 'what may pass to venues'),
    paper: flag('--paper', 'trade on the embedded paper exchange; needs no account and no vault'),
    faults: text('--faults <file>', 'YAML: what the paper exchange does wrong, to rehearse bad days'),
    isolation: choice('--isolation <level>', isolationWishes, 'the wall between agent and kernel'),
    detach: flag('-d, --detach', 'leave it running in the background'),
    account: repeated('--account <id>', 'attach this account only; may be repeated'),
  },
  usesConfig: true,
  rest: 'args for the agent, instead of the profile’s own',
  examples: [
    { command: 'tradebox run openclaw ./strategy', does: 'box OpenClaw with your configuration' },
    { command: 'tradebox run okx-cli ./work --paper -- okx account balance', does: 'one command on paper' },
    { command: 'tradebox run shell ./work --paper --detach --name lab', does: 'a box in the background' },
  ],
  run: async (context, { arguments: args, options, rest }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const opening = openEngine(context.env); // answers while the rest of the program is loaded
    opening.catch(() => {});
    const workdir = resolve(context.cwd, args.workdir);
    const mode = await chooseMode(context, options.mode, options.paper, workdir);
    const request: LaunchRequest = {
      profile: args.profile,
      workdir,
      mode,
      paper: options.paper || mode === 'shadow',
      ...(options.faults === undefined ? {} : { faultsFile: resolve(context.cwd, options.faults) }),
      accounts: [...options.account],
      ...(rest === undefined ? {} : { args: [...rest] }),
      ...(options.isolation === undefined ? {} : { isolation: options.isolation }),
      ...(context.configFile === undefined ? {} : { configFile: resolve(context.cwd, context.configFile) }),
    };
    const { defaultName } = await import('../launch/default-name.js');
    const name = options.name ?? defaultName(args.profile, workdir);
    const startMs = context.clock.nowMs();
    const { engine, box } = await startHolding(context, opening, request, name, options.detach);
    if (options.detach) {
      context.output.note(
        `${name} runs; \`tradebox attach ${name}\` attaches, \`tradebox stop ${name}\` ends it`,
      );
      return {};
    }
    const end = async () => (await import('../launch/lifecycle.js')).endBox(context, engine, name);
    const attached = context.interrupts.onEnd(end); // a signal that comes before the agent gets them ends the box
    const { callerStreams } = await import('../launch/streams.js');
    const unwatch = await reloadOnChange(context, engine, name, request);
    const { watchIndex } = await import('../launch/workdir-evidence.js');
    const unwatchIndex = watchIndex(context, engine, name, box.record.workdir);
    const { keepCheckpoints } = await import('../launch/checkpoints.js');
    const unkeep = keepCheckpoints(context, () => [name]);
    const { followTaint } = await import('../launch/taint-line.js');
    const unfollow = followTaint(context, name);
    const outcome = await box.attach(callerStreams(context)).finally(() => {
      unkeep();
      unwatch();
      unwatchIndex();
      unfollow();
    });
    attached();
    if (context.interrupts.signal.aborted) return {};
    if (outcome.kind === 'detached') {
      context.output.note(`${name} goes on; \`tradebox attach ${name}\` attaches again`);
      return {};
    }
    const { endAttached } = await import('../launch/lifecycle.js');
    const exitCode = await endAttached(context, engine, box, outcome);
    const { keyWarnings } = await import('../launch/key-warnings.js');
    for (const warning of keyWarnings(context.paths.stateDir, name, startMs)) context.output.warn(warning);
    return { exitCode };
  },
});

/** What is wrong with the command line is told before the engine makes anything. */
async function startHolding(
  context: CliContext,
  opening: Promise<Engine>,
  request: LaunchRequest,
  name: string,
  isDetached: boolean,
): Promise<StartedBox> {
  const { assertBoxName } = await import('../../sandbox/names.js');
  const { checkWorkdir } = await import('../../sandbox/workspace.js');
  const { findProfile } = await import('../../profiles/find.js');
  const { holdName } = await import('../../sandbox/name-lock.js');
  const { startEarly } = await import('../launch/start-early.js');
  const { configDir, stateDir } = context.paths;
  assertBoxName(name);
  checkWorkdir(request.workdir, { home: context.env.home, configDir, stateDir });
  findProfile(request.profile, context);
  const start = async (isReset: boolean): Promise<StartedBox> => {
    const check = async () => {
      const { assertUntainted, lastRules } = await import('../launch/taint.js');
      const { agreedRules } = await import('../launch/guard-start.js');
      const last = isReset ? lastRules(context, name) : assertUntainted(context, name);
      return agreedRules(context, name, request.mode, last);
    };
    return startEarly(context, await opening, request, { name, isDetached, check });
  };
  try {
    return await holdName(stateDir, name, () => start(false));
  } catch (thrown) {
    if (!(thrown instanceof TradeboxError && thrown.code === 'BOX_TAINTED')) throw thrown;
    return offerReset(context, await opening, name, thrown, () => start(true));
  }
}

/** Throws `refused` unless a person at the terminal has the tainted box reset. */
async function offerReset(
  context: CliContext,
  engine: Engine,
  name: string,
  refused: TradeboxError,
  startClean: () => Promise<StartedBox>,
): Promise<StartedBox> {
  const { resetTainted } = await import('../launch/tainted-name.js');
  const { restingOrders } = await import('../launch/leave.js');
  const { endBox } = await import('../launch/lifecycle.js');
  return resetTainted(context, name, refused, {
    resting: () => restingOrders(context, engine, name),
    reset: async () => {
      await endBox(context, engine, name, true);
      return startClean();
    },
  });
}

/** After a run was attached to, milliseconds: its agent has started by then. */
const rehearsalMs = 1_000;

/** While attached, the box follows its configuration; a file that is wrong leaves the old policy and says so. */
async function reloadOnChange(
  context: CliContext,
  engine: Engine,
  name: string,
  { workdir, configFile }: LaunchRequest,
): Promise<() => void> {
  const { watchFiles } = await import('../../config/watch-files.js');
  const { rehearseReload, reloadPolicy } = await import('../launch/reload.js');
  const { followGuardrails } = await import('../launch/guard-reload.js');
  const { configPlaces } = await import('../../config/load.js');
  const { keepControl } = await import('../../sandbox/kept-control.js');
  const sidecar = keepControl(engine, name);
  let previous = Promise.resolve();
  const reload = (): Promise<void> =>
    reloadPolicy(context, engine, name, sidecar.ask).then(
      ({ rules, closed }) =>
        context.output.note(`${name}: ${rules} rules in force, ${closed} connections ended`),
      (thrown: unknown) => context.output.warn(`the old policy stays: ${messageOf(thrown)}`),
    );
  const unwatch = watchFiles(configPlaces(context.env, { cwd: context.cwd, workdir, configFile }), () => {
    previous = previous.then(reload);
  });
  const unfollow = followGuardrails(context, engine, name, sidecar.ask);
  const rehearsal = setTimeout(() => void rehearseReload(context, name), rehearsalMs);
  return () => {
    clearTimeout(rehearsal);
    unwatch();
    unfollow();
    sidecar.close();
  };
}

/** From the command line, else the configuration; `demo` on paper. */
async function chooseMode(
  context: CliContext,
  wanted: LaunchRequest['mode'] | undefined,
  isPaper: boolean,
  workdir: string,
): Promise<LaunchRequest['mode']> {
  const known = wanted ?? (isPaper ? 'demo' : undefined);
  // A file of the project is read before the work starts: the user may be asked about it. Else reading waits until the engine works.
  const mayAsk = context.configFile !== undefined || existsSync(join(dirname(workdir), 'tradebox.yaml'));
  const config = known === undefined || mayAsk ? await context.loadConfig(workdir) : undefined;
  return known ?? config?.mode ?? 'readonly';
}
