// Makes a box: two networks, sidecar and agent in parallel, settings over the stream, certificate and flag into the agent.
// Whatever fails or is interrupted on the way, nothing of the box is left behind.
import { randomBytes } from 'node:crypto';
import { TradeboxError } from '../core/errors.js';
import type { Settings } from '../sidecar/settings.js';
import { openingFiles } from './agent-files.js';
import { tarOf } from './archive.js';
import { type AttachOutcome, attachTo, type BoxStreams } from './attach.js';
import type { Engine } from './engine.js';
import type { EngineApi } from './engine-api.js';
import { defaultIsolation } from './isolation/isolations.js';
import { assertBoxName, type BoxIdentity, labelNames } from './names.js';
import { agentAddressOn, type BoxNetwork, createNetwork, sidecarAddressOn } from './networks.js';
import { type BoxRecord, holdName, prepareJournalDir, writeRecord } from './records.js';
import { knownHabit, learnHabit, pointAtSidecar, type ResolverHabit } from './resolver.js';
import { type SidecarReady, startSidecar } from './sidecar-start.js';
import { agentPlan, type BoxSpec, type Shield, type User } from './spec.js';
import { agentUser, sidecarUser } from './users.js';

/** What the settings are made from once the box has its addresses. */
export interface BoxAddresses {
  box: { name: string; id: string };
  sidecar: string;
  agent: string;
}

export interface CreateOptions {
  /** `~/.local/state/tradebox`. */
  stateDir: string;
  /** May take its time (a vault to open); runs beside the engine's work. Its failure ends the box. */
  makeSettings(addresses: BoxAddresses): Settings | Promise<Settings>;
  /** Kept in the record: decoys by name, and what the CLI needs to make the same box again. */
  record: Pick<BoxRecord, 'decoys' | 'launch'>;
  /** Prepares the working directory once the name is known to be free, and undoes that when the making fails (S13). */
  workdir?: { enter(user: User): Promise<Shield>; leave(): void };
  /** True to hold the agent's streams from its first byte, for `Box.attach`. */
  willAttach: boolean;
  /** ISO 8601, now. */
  createdAt: string;
  onProgress?(line: string): void;
  /** Ends the making; everything made so far is removed. */
  signal?: AbortSignal;
}

/** A step of making a box and when it was done, milliseconds from the start. */
export interface Timing {
  step: string;
  atMs: number;
}

export interface Box {
  name: string;
  id: string;
  record: BoxRecord;
  /** What the sidecar said when it listened. */
  ready: SidecarReady;
  timings: readonly Timing[];
  /** Connects the caller's streams to the agent's main process until it ends or the user detaches. */
  attach(streams: BoxStreams): Promise<AttachOutcome>;
}

/**
 * Creates and starts a box; on return the sidecar listens and the agent's first instruction has been let go.
 * Throws NAME_INVALID, NAME_TAKEN, ADDRESS_SPACE_EXHAUSTED, DISK_FULL, SIDECAR_FAILED, ENGINE_UNREACHABLE, and what makeSettings throws.
 */
export async function createBox(engine: Engine, spec: BoxSpec, options: CreateOptions): Promise<Box> {
  assertBoxName(spec.name);
  return holdName(options.stateDir, spec.name, async () => {
    const site = new BuildingSite(engine, spec, options);
    try {
      return await site.build();
    } catch (thrown) {
      await site.clear();
      throw thrown;
    }
  });
}

/** One making of one box: remembers what it made, so that it can take exactly that down again. */
class BuildingSite {
  readonly #api: EngineApi;
  readonly #identity: BoxIdentity;
  readonly #startedAt = performance.now();
  readonly #timings: Timing[] = [];
  readonly #containers: string[] = [];
  readonly #networks: string[] = [];
  readonly #stopped: Promise<never>;
  #isStopped = false;
  #hasEntered = false;

  constructor(
    readonly engine: Engine,
    readonly spec: BoxSpec,
    readonly options: CreateOptions,
  ) {
    this.#api = engine.api;
    this.#identity = {
      name: spec.name,
      id: randomBytes(8).toString('hex'),
      profile: spec.profile,
      mode: spec.mode,
      isPaper: spec.isPaper,
      createdAt: options.createdAt,
    };
    this.#stopped = new Promise((_resolve, reject) => {
      const stop = () =>
        reject(
          new TradeboxError('USAGE', 'Interrupted while the box was made.', { remedy: 'Run it again.' }),
        );
      if (options.signal?.aborted) stop();
      options.signal?.addEventListener('abort', stop, { once: true });
    });
    this.#stopped.catch(() => {});
  }

  async build(): Promise<Box> {
    const { spec, options } = this;
    await this.#assertNameFree();
    const facts = await this.engine.facts();
    const user = agentUser(facts);
    const sidecarOwner = sidecarUser(facts);
    const journalDir = prepareJournalDir(options.stateDir, spec.name, sidecarOwner);

    this.#hasEntered = options.workdir !== undefined;
    const shield = options.workdir?.enter(user);
    shield?.catch(() => {});

    const habit = await knownHabit(this.engine, options.stateDir);

    const inside = await this.#network('inside');
    const egress = this.#network('egress');
    egress.catch(() => {});
    const settings = this.#settings(inside);
    settings.catch(() => {});

    const agent = this.#startAgent(inside, user, habit, shield);
    const sidecar = startSidecar(
      this.engine,
      { box: spec, identity: this.#identity, inside, egress, settings, user: sidecarOwner, journalDir },
      { step: (step, work) => this.#step(step, work), onCreated: (id) => this.#containers.push(id) },
    );
    const [started, ready] = await this.#all([agent, sidecar]);

    if (habit === undefined) {
      const address = sidecarAddressOn(inside.subnet);
      await this.#step('resolver learned', () =>
        learnHabit(this.engine, options.stateDir, started.id, address),
      );
    }
    await this.#step('agent released', async () =>
      this.#api.containers.putArchive(
        started.id,
        await tarOf(openingFiles(ready.ca, spec.homeFiles ?? [], user)),
        '/',
      ),
    );
    const record: BoxRecord = {
      version: 1,
      ...this.#identity,
      workdir: spec.workdir,
      images: spec.images,
      networks: { inside, egress: await egress },
      ...options.record,
      journalHead: ready.head,
    };
    writeRecord(options.stateDir, record);
    return {
      name: spec.name,
      id: this.#identity.id,
      record,
      ready,
      timings: this.#timings,
      attach: (streams) => attachTo(this.engine, started.id, streams, started.stream),
    };
  }

  /** Removes what this making made, by id: a box of the same name that someone else made meanwhile is not ours. */
  async clear(): Promise<void> {
    this.#isStopped = true;
    await Promise.allSettled(this.#pending);
    await Promise.allSettled(this.#containers.map((id) => this.#api.containers.remove(id)));
    await Promise.allSettled(this.#networks.map((id) => this.#api.networks.remove(id)));
    if (this.#hasEntered) this.options.workdir?.leave();
  }

  readonly #pending: Promise<unknown>[] = [];

  async #assertNameFree(): Promise<void> {
    const label = { [labelNames.box]: this.spec.name };
    const [containers, networks] = await Promise.all([
      this.#api.containers.list(label),
      this.#api.networks.list(label),
    ]);
    if (containers.length + networks.length === 0) return;
    throw new TradeboxError('NAME_TAKEN', `A box named "${this.spec.name}" exists already.`, {
      remedy: `Choose another --name, attach with \`tradebox attach ${this.spec.name}\`, or discard it with \`tradebox reset ${this.spec.name}\`.`,
    });
  }

  async #network(role: 'inside' | 'egress'): Promise<BoxNetwork> {
    return this.#step(`${role} network created`, async () => {
      const network = await createNetwork(this.#api, this.#identity, role, this.engine.version.apiVersion);
      this.#networks.push(network.id);
      return network;
    });
  }

  async #settings(inside: BoxNetwork): Promise<Settings> {
    return this.options.makeSettings({
      box: { name: this.spec.name, id: this.#identity.id },
      sidecar: sidecarAddressOn(inside.subnet),
      agent: agentAddressOn(inside.subnet),
    });
  }

  async #startAgent(
    inside: BoxNetwork,
    user: { uid: number; gid: number },
    habit: ResolverHabit | undefined,
    shield: Promise<Shield> | undefined,
  ) {
    const { options } = this;
    const spec = shield === undefined ? this.spec : { ...this.spec, shield: await shield };
    const plan = agentPlan(spec, this.#identity, inside, user, defaultIsolation);
    const id = await this.#step('agent created', () => this.#create(plan));
    const stream = options.willAttach
      ? await this.#api.containers.attach(id, { hasStdin: plan.hasStdin, isFramed: !plan.hasTerminal })
      : undefined;
    await this.#step('agent started, waiting at the gate', () => this.#api.containers.start(id));
    const { size } = spec.terminal;
    await Promise.all([
      plan.hasTerminal && size !== undefined ? this.#api.containers.resize(id, size) : undefined,
      habit === 'refuses' ? pointAtSidecar(this.engine, id, sidecarAddressOn(inside.subnet)) : undefined,
    ]);
    return { id, stream };
  }

  async #create(plan: Parameters<EngineApi['containers']['create']>[0]): Promise<string> {
    const id = await this.#api.containers.create(plan);
    this.#containers.push(id);
    return id;
  }

  /** Runs a step unless the making has ended; notes when it was done. */
  async #step<T>(step: string, work: () => Promise<T>): Promise<T> {
    if (this.#isStopped) throw new TradeboxError('FAULT', 'The making of the box has ended.');
    const running = work();
    this.#pending.push(running.catch(() => {}));
    const result = await Promise.race([running, this.#stopped]);
    this.#timings.push({ step, atMs: Math.round(performance.now() - this.#startedAt) });
    this.options.onProgress?.(step);
    return result;
  }

  /** Like Promise.all; the others' later failures are nobody's surprise. */
  async #all<A, B>(work: [Promise<A>, Promise<B>]): Promise<[A, B]> {
    for (const each of work) each.catch(() => {});
    return Promise.all(work);
  }
}
