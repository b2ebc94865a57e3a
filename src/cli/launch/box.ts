// Starts a box from a plan: engine, images, working directory, then the box itself, with its steps told as they happen.
import { statSync } from 'node:fs';
import { TradeboxError } from '../../core/errors.js';
import { findProfile } from '../../profiles/find.js';
import { findBox, listBoxes } from '../../sandbox/boxes.js';
import { type Engine, openEngine } from '../../sandbox/engine.js';
import type { Foundation } from '../../sandbox/foundation.js';
import { ensureImages, type Images, presentSidecarImage } from '../../sandbox/images.js';
import type { Ground } from '../../sandbox/isolation/choose.js';
import type { AgentRecipe } from '../../sandbox/recipe.js';
import { readRecord, recordedNames, recordIfReadable } from '../../sandbox/records.js';
import { type Box, type BoxParts, createBox } from '../../sandbox/session.js';
import type { BoxSpec } from '../../sandbox/spec.js';
import type { Predecessor } from '../../sandbox/succession.js';
import { agentUser, socketOwner, warningOf } from '../../sandbox/users.js';
import { checkWorkdir } from '../../sandbox/workspace.js';
import type { CliContext } from '../context.js';
import type { AgreedRules } from './guard-start.js';
import type { LaunchPlan } from './plan.js';
import { type LaunchRequest, launchRecordSchema } from './request.js';
import { workdirOf } from './workdir.js';

/** Time to search a working directory for real secrets before it is mounted, milliseconds. */
const scanBudgetMs = 30_000;

export interface StartOptions {
  name: string;
  willAttach: boolean;
  /** The agent's terminal, from whether its profile wants one. */
  terminal(wantsTty: boolean): BoxSpec['terminal'];
  /** The box of this name that ends meanwhile; the caller holds the name. */
  predecessor?: Predecessor;
  /** What was begun already; the caller holds the name, and clears it where no box was made. */
  foundation?: Foundation;
  /** The rules that it may start with, where it has a past. */
  rules?: AgreedRules;
}

export interface StartedBox {
  engine: Engine;
  box: Box;
  plan: LaunchPlan;
}

/**
 * Starts a box and returns once its agent's first instruction has been let go.
 * Throws what planLaunch, ensureImages, checkWorkdir and createBox throw, and ACCOUNT_BUSY.
 */
export async function startBox(
  context: CliContext,
  request: LaunchRequest,
  options: StartOptions,
  openedEngine?: Engine | Promise<Engine>,
): Promise<StartedBox> {
  const opening = openedEngine ?? openEngine(context.env);
  const progress = await context.output.progress(`starting the box ${options.name}`);
  try {
    const workdir = checkWorkdir(request.workdir, {
      home: context.env.home,
      configDir: context.paths.configDir,
      stateDir: context.paths.stateDir,
    });
    findProfile(request.profile, context);
    const engine = await opening;
    engine.facts().catch(ignore); // asked for at once; who needs them hears of a failure
    const { stateDir } = context.paths;
    const sidecarImage = await presentSidecarImage(engine, stateDir);
    let plan: LaunchPlan | undefined;
    const prepare = async (): Promise<BoxParts> => {
      const { planLaunch } = await import('./plan.js');
      plan = await planLaunch(context, { ...request, workdir }, {}, options.rules);
      const { isolation: wish } = plan;
      const owner = socketOwner(engine.endpoint.connection);
      const engineWarning = warningOf(await engine.facts(), owner);
      if (engineWarning !== undefined) context.output.warn(engineWarning);
      const levels = wish === 'container' ? undefined : await import('../../sandbox/isolation/choose.js');
      await levels?.assertNamed(engine, wish);
      await options.predecessor?.agentEnded; // nobody writes there while it is searched
      await refuseSecretsIn(context, workdir, plan);
      await assertAccountsFree(engine, context, options.name, plan);
      const images = await ensureImages(engine, { env: context.env, stateDir }, recipeOf(plan), (line) =>
        progress.update(line),
      );
      const chosen = await levels?.chooseIsolation(
        engine,
        wish,
        await groundOf(context, engine, { images, limits: plan.spec.limits }, (line) =>
          progress.update(line),
        ),
      );
      if (chosen?.warning !== undefined) context.output.warn(chosen.warning);
      if (chosen !== undefined) context.output.note(`isolation: ${chosen.isolation.id} (${chosen.why})`);
      if (request.mode === 'live') {
        const { assertWall } = await import('./ladder.js');
        assertWall(chosen?.isolation.id ?? 'container', plan.liveIsolation);
        if (chosen?.isolation.sharesKernel ?? true) {
          context.output.warn(
            'this box trades live and shares the kernel of this machine; --isolation gvisor puts another between them',
          );
        }
      }
      const { name } = options;
      const terminal = options.terminal(plan.profile.tty);
      return {
        spec: {
          ...plan.spec,
          name,
          terminal,
          images,
          ...(chosen === undefined ? {} : { isolation: chosen.isolation }),
        },
        makeSettings: plan.makeSettings,
        record: plan.record,
        workdir: workdirOf(context, name, workdir, plan.workdir, plan.regime, async (other) => {
          const status = (await findBox(engine, other, context.clock.nowMs()))?.status ?? 'stopped';
          return status !== 'stopped' && status !== 'agent-exited';
        }),
      };
    };
    // Where the sidecar's image is there the engine starts at once, and the plan is made while it works.
    // A real account's journal is mounted into the sidecar, so the accounts must be known first.
    const mayTrade = !request.paper && request.mode !== 'readonly';
    const prepared = sidecarImage === undefined || mayTrade ? await prepare() : undefined;
    const making = createBox(
      engine,
      {
        name: options.name,
        profile: request.profile,
        mode: request.mode,
        isPaper: request.paper,
        sidecarImage: prepared?.spec.images.sidecar ?? sidecarImage ?? '',
        accounts: plan?.accountIds ?? [],
      },
      {
        stateDir,
        parts: async () => prepared ?? prepare(),
        willAttach: options.willAttach,
        createdAt: new Date(context.clock.nowMs()).toISOString(),
        onProgress: (line) => progress.update(line),
        signal: context.interrupts.signal,
        ...(options.predecessor === undefined ? {} : { predecessor: options.predecessor }),
        ...(options.foundation === undefined ? {} : { foundation: options.foundation }),
      },
    );
    // Interrupted, the program ends once the making has taken down what it made.
    const settled = context.interrupts.onEnd(() => making.then(ignore, ignore));
    const box = await making.finally(settled);
    progress.drop();
    for (const warning of box.ready.warnings) context.output.warn(warning);
    if (plan === undefined) throw new TradeboxError('FAULT', 'A box was made without a plan.');
    return { engine, box, plan };
  } catch (thrown) {
    progress.fail(`the box ${options.name} was not started`);
    throw thrown;
  }
}

const ignore = (): void => {};

/** What an isolation level is proven with. */
async function groundOf(
  context: CliContext,
  engine: Engine,
  { images, limits }: { images: Images; limits: BoxSpec['limits'] },
  onProgress: (line: string) => void,
): Promise<Ground> {
  const { stateDir } = context.paths;
  const [{ machineImages }, { machineShape }] = await Promise.all([
    import('../../sandbox/machine-images.js'),
    import('../../sandbox/isolation/vm.js'),
  ]);
  const { uid, gid } = agentUser(await engine.facts());
  const kvm = statSync('/dev/kvm', { throwIfNoEntry: false });
  return {
    stateDir,
    image: images.sidecar,
    nowMs: context.clock.nowMs(),
    user: `${uid}:${gid}`,
    machines: machineImages(
      engine,
      { env: context.env, stateDir },
      images.agent,
      machineShape(limits),
      onProgress,
    ),
    hasKvm: kvm !== undefined,
    ...(kvm === undefined ? {} : { kvmGroup: kvm.gid }),
  };
}

function recipeOf({ profile: { name, image } }: LaunchPlan): AgentRecipe {
  const { apt, npm, npmScripts: runsNpmScripts, steps } = image;
  return { name, apt, npm, runsNpmScripts, steps };
}

/** S13: a real secret in the working directory would be in the agent's hands, whether this box uses it or not. */
async function refuseSecretsIn(context: CliContext, workdir: string, plan: LaunchPlan): Promise<void> {
  const [{ scanForSecrets }, { venues }, { explainUnsearched }, { secrets, unsearched }] = await Promise.all([
    import('../../sandbox/secret-scan/secret-scan.js'),
    import('../../venues/venues.js'),
    import('./known-secrets.js'),
    plan.knownSecrets(),
  ]);
  const notSearchedFor = explainUnsearched(unsearched);
  if (notSearchedFor !== undefined) context.output.warn(notSearchedFor);
  const { stateDir } = context.paths;
  const { keysInHistory } = await scanForSecrets(workdir, secrets, {
    budgetMs: scanBudgetMs,
    unsearched: plan.workdir.unsearched,
    // An account's address is public.
    variables: venues
      .flatMap(({ credential }) => credential.flatMap(({ env, isIdentifier }) => (isIdentifier ? [] : env)))
      .filter((name) => !name.endsWith('ADDRESS')),
    decoys: recordedNames(stateDir).flatMap((name) =>
      Object.values(recordIfReadable(stateDir, name)?.decoys ?? {}),
    ),
  });
  if (keysInHistory > 0) {
    context.output.warn(
      `The git history holds what looks like keys, in ${keysInHistory} of its objects; none is a secret that you have stored, and the agent may read them.`,
    );
  }
}

/** Two processes that trade one account double its positions: one box at a time may move it. */
async function assertAccountsFree(
  engine: Engine,
  context: CliContext,
  name: string,
  plan: LaunchPlan,
): Promise<void> {
  if (plan.spec.mode === 'readonly' || plan.accountIds.length === 0) return;
  for (const other of await listBoxes(engine, context.clock.nowMs())) {
    if (other.name === name || other.mode === 'readonly' || other.status === 'stopped') continue;
    const record = readRecord(context.paths.stateDir, other.name);
    const launch = launchRecordSchema.safeParse(record?.launch);
    const shared = launch.data?.accountIds.find((id) => plan.accountIds.includes(id));
    if (shared === undefined) continue;
    throw new TradeboxError(
      'ACCOUNT_BUSY',
      `the account ${shared} is attached to the box ${other.name}, which may trade`,
      {
        remedy: `Stop it with \`tradebox stop ${other.name}\`, or use --mode readonly here.`,
      },
    );
  }
}
