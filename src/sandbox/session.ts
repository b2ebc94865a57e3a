// Makes a box: two networks, sidecar and agent in parallel, settings over the stream, certificate and flag into the agent.
// Whatever fails or is interrupted on the way, nothing of the box is left behind.
import { TradeboxError } from '../core/errors.js';
import type { Settings } from '../sidecar/settings.js';
import { accountMounts } from './account-journals.js';
import { homeEntries, openingFiles } from './agent-files.js';
import { tarOf } from './archive.js';
import { type AttachOutcome, attachTo, type BoxStreams } from './attach.js';
import type { Engine } from './engine.js';
import type { EngineApi } from './engine-api.js';
import { type Foundation, layFoundation } from './foundation.js';
import { discardHandover, handOverCertificate, prepareHandover, raiseFlag } from './handover.js';
import { container } from './isolation/container.js';
import type { Isolation } from './isolation/isolation.js';
import { holdName } from './name-lock.js';
import { assertBoxName, type BoxIdentity, labelNames } from './names.js';
import { agentAddressOn, type BoxNetwork, createNetwork, sidecarAddressOn } from './networks.js';
import { type BoxRecord, prepareJournalDir, writeRecord } from './records.js';
import { pointAtSidecar, resolverFile } from './resolver.js';
import { type SidecarReady, startSidecar } from './sidecar-start.js';
import { agentPlan, type BoxSpec, type Shield, type User } from './spec.js';
import type { Predecessor } from './succession.js';
import { agentUser, sidecarUser } from './users.js';

/** What the settings are made from once the box has its addresses. */
export interface BoxAddresses {
  box: { name: string; id: string };
  sidecar: string;
  agent: string;
}

/** What the networks and the sidecar's container are made from, known before the rest of the box is. */
export type BoxBasis = Pick<BoxSpec, 'name' | 'profile' | 'mode' | 'isPaper'> & {
  sidecarImage: string;
  /** Real accounts that may trade in the box; none when absent. */
  accounts?: readonly string[];
};

/** The rest of a box. */
export interface BoxParts {
  spec: BoxSpec;
  makeSettings(addresses: BoxAddresses): Settings | Promise<Settings>;
  /** Kept in the record: decoys by name, and what the CLI needs to make the same box again. */
  record: Pick<BoxRecord, 'decoys' | 'launch'>;
  /** Prepares the working directory once the name is known to be free, and undoes that when the making fails (S13). */
  workdir?: { enter(user: User): Promise<Shield>; leave(): void };
}

export interface CreateOptions {
  /** `~/.local/state/tradebox`. */
  stateDir: string;
  /**
   * Asked once, when the engine has its first work to do. May take its time (files to read, a vault to open): it runs beside
   * the engine's work. Its failure ends the box.
   */
  parts(): Promise<BoxParts>;
  /** True to hold the agent's streams from its first byte, for `Box.attach`. */
  willAttach: boolean;
  /** ISO 8601, now. */
  createdAt: string;
  onProgress?(line: string): void;
  /** Ends the making; everything made so far is removed. */
  signal?: AbortSignal;
  /** The box of this name that ends meanwhile. Its objects may still be there; the caller holds the name. */
  predecessor?: Predecessor;
  /** What was begun already; the caller holds the name. It is cleared where the making fails. */
  foundation?: Foundation;
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
 * Throws NAME_INVALID, NAME_TAKEN, ADDRESS_SPACE_EXHAUSTED, DISK_FULL, SIDECAR_FAILED, ENGINE_UNREACHABLE, and what `parts` throws.
 */
export async function createBox(engine: Engine, basis: BoxBasis, options: CreateOptions): Promise<Box> {
  assertBoxName(basis.name);
  const make = async () => {
    const site = new BuildingSite(engine, basis, options);
    try {
      return await site.build();
    } catch (thrown) {
      await site.clear();
      throw thrown;
    }
  };
  const isHeld = options.predecessor !== undefined || options.foundation !== undefined;
  return isHeld ? make() : holdName(options.stateDir, basis.name, make);
}

/** One making of one box: remembers what it made, so that it can take exactly that down again. */
class BuildingSite {
  readonly #api: EngineApi;
  readonly #foundation: Foundation;
  readonly #identity: BoxIdentity;
  readonly #startedAt = performance.now();
  readonly #timings: Timing[] = [];
  readonly #containers: string[] = [];
  readonly #networks: string[] = [];
  readonly #stopped: Promise<never>;
  #isStopped = false;
  #hasHandover = false;
  #entered: BoxParts['workdir'];

  constructor(
    readonly engine: Engine,
    readonly basis: BoxBasis,
    readonly options: CreateOptions,
  ) {
    this.#api = engine.api;
    // Begun before the name is known to be free: where it is not, `clear` takes this network down again, and nothing else was made.
    this.#foundation =
      options.foundation ??
      layFoundation(engine, { ...basis, createdAt: options.createdAt }, options.predecessor?.ids);
    this.#identity = this.#foundation.identity;
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
    const { basis, options } = this;
    const insideMade = this.#quietly(this.#step('inside network created', () => this.#foundation.inside));
    const [facts] = await Promise.all([this.engine.facts(), this.#assertNameFree()]);
    const user = agentUser(facts);
    const sidecarOwner = sidecarUser(facts);
    const journalDir = prepareJournalDir(options.stateDir, basis.name, sidecarOwner);

    let egress: Promise<BoxNetwork> | undefined;
    const makeEgress = () => {
      egress ??= this.#quietly(this.#egress());
      return egress;
    };
    const planned = this.#quietly(Promise.race([this.#afterIo(() => options.parts()), this.#stopped]));
    const inside = await insideMade;
    const settings = this.#quietly(planned.then((parts) => parts.makeSettings(this.#addresses(inside))));
    const sidecar = this.#quietly(
      startSidecar(
        this.engine,
        {
          name: basis.name,
          image: basis.sidecarImage,
          identity: this.#identity,
          inside,
          egress: makeEgress,
          settings,
          user: sidecarOwner,
          journalDir,
          accountMounts: accountMounts(options.stateDir, { accounts: [], ...basis }, sidecarOwner),
          mayBegin: options.predecessor?.sidecarEnded,
        },
        { step: (step, work) => this.#step(step, work), onCreated: (id) => this.#containers.push(id) },
      ),
    );
    const parts = await this.#orFailed(planned, sidecar);
    await options.predecessor?.agentEnded;
    this.#entered = parts.workdir;
    const shield = parts.workdir === undefined ? undefined : await parts.workdir.enter(user);
    const spec = shield === undefined ? parts.spec : { ...parts.spec, shield };
    const isolation = spec.isolation ?? container;
    const [started, ready] = await this.#all([this.#startAgent(spec, inside, user, isolation), sidecar]);

    await this.#step('agent released', async () => {
      if (this.#hasHandover) {
        handOverCertificate(options.stateDir, basis.name, ready.ca);
        raiseFlag(options.stateDir, basis.name);
        return;
      }
      const files = await tarOf(openingFiles(ready.ca, spec.homeFiles ?? [], user));
      await isolation.deliver(this.engine, started.id, files);
    });
    const record: BoxRecord = {
      version: 1,
      ...this.#identity,
      workdir: spec.workdir,
      images: spec.images,
      networks: { inside, egress: await makeEgress() },
      ...parts.record,
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
    const removeContainers = () =>
      Promise.allSettled(this.#containers.map((id) => this.#api.containers.remove(id)));
    await removeContainers(); // whoever waits for a word of theirs waits no longer
    await Promise.allSettled(this.#pending);
    await removeContainers(); // made meanwhile
    await Promise.allSettled([
      this.#foundation.clear(),
      ...this.#networks.map((id) => this.#api.networks.remove(id)),
    ]);
    if (this.#hasHandover) discardHandover(this.options.stateDir, this.basis.name);
    this.#entered?.leave();
  }

  readonly #pending: Promise<unknown>[] = [];

  async #assertNameFree(): Promise<void> {
    const { name } = this.basis;
    if (!(await this.#isTaken(name))) return;
    throw new TradeboxError('NAME_TAKEN', `A box named "${name}" exists already.`, {
      remedy: `Choose another --name, attach with \`tradebox attach ${name}\`, or discard it with \`tradebox reset ${name}\`.`,
    });
  }

  async #isTaken(name: string): Promise<boolean> {
    const { predecessor } = this.options;
    if (predecessor !== undefined) return predecessor.hasStrangers; // looked a moment ago, while the name was held
    const label = { [labelNames.box]: name };
    const [containers, networks] = await Promise.all([
      this.#api.containers.list(label),
      this.#api.networks.list(label),
    ]);
    return [...containers, ...networks].some(({ labels }) => labels[labelNames.id] !== this.#identity.id);
  }

  async #egress(): Promise<BoxNetwork> {
    return this.#step('egress network created', async () => {
      const { apiVersion } = this.engine.version;
      const network = await createNetwork(this.#api, this.#identity, 'egress', apiVersion);
      this.#networks.push(network.id);
      return network;
    });
  }

  #addresses(inside: BoxNetwork): BoxAddresses {
    return {
      box: { name: this.basis.name, id: this.#identity.id },
      sidecar: sidecarAddressOn(inside.subnet),
      agent: agentAddressOn(inside.subnet),
    };
  }

  async #startAgent(
    spec: BoxSpec,
    inside: BoxNetwork,
    user: { uid: number; gid: number },
    isolation: Isolation,
  ) {
    const { options } = this;
    this.#hasHandover = isolation.seesHandover === true;
    const address = sidecarAddressOn(inside.subnet);
    const lacksResolver = isolation.bringsResolver !== true;
    const handover = this.#hasHandover
      ? prepareHandover(options.stateDir, spec.name, lacksResolver ? resolverFile(address) : undefined)
      : undefined;
    const plan = agentPlan(spec, this.#identity, inside, user, isolation, handover);
    const id = await this.#step('agent created', () => this.#create(plan));
    const stream = options.willAttach
      ? await this.#api.containers.attach(id, { hasStdin: plan.hasStdin, isFramed: !plan.hasTerminal })
      : undefined;
    await this.#step('agent started, waiting at the gate', () => this.#api.containers.start(id));
    const { size } = spec.terminal;
    const home = handover === undefined ? [] : homeEntries(spec.homeFiles ?? [], user);
    await Promise.all([
      home.length > 0 ? isolation.deliver(this.engine, id, await tarOf(home)) : undefined,
      plan.hasTerminal && size !== undefined ? this.#api.containers.resize(id, size) : undefined,
      handover === undefined && lacksResolver ? pointAtSidecar(this.engine, id, address) : undefined,
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

  /** Work that somebody waits for later: its failure until then is nobody's surprise. */
  #quietly<T>(work: Promise<T>): Promise<T> {
    this.#pending.push(work.catch(() => {}));
    return work;
  }

  /** Lets what was asked of the engine go out before work that keeps this thread busy. */
  async #afterIo<T>(work: () => Promise<T>): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    return work();
  }

  /** `work`, unless `other` fails first: nobody should wait for a vault's passphrase of a box that can't be. */
  async #orFailed<T>(work: Promise<T>, other: Promise<unknown>): Promise<T> {
    return Promise.race([work, other.then(() => work)]);
  }

  async #all<A, B>(work: [Promise<A>, Promise<B>]): Promise<[A, B]> {
    for (const each of work) this.#pending.push(each.catch(() => {}));
    return Promise.all(work);
  }
}
