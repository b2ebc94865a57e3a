// Chooses a box's isolation level: what was asked for, proven by a boot, or an error; never something weaker in silence.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../../config/private-files.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import type { IsolationId, IsolationWish } from '../../core/isolation.js';
import type { Accelerator } from '../../vm/requests.js';
import type { Engine } from '../engine.js';
import type { MachineImages } from '../machine-images.js';
import { type Boot, bootedKernel, machineBoot, runtimeBoot } from './boot-probe.js';
import { container } from './container.js';
import type { Found, Isolation, IsolationLevel } from './isolation.js';
import { isolations } from './isolations.js';

export interface Choice {
  isolation: Isolation;
  /** What was proven, and for `auto` why nothing stronger was taken; one line. */
  why: string;
  /** What its user should know before relying on it. */
  warning?: string;
}

export interface Ground {
  stateDir: string;
  /** Image that the boot is proven with. */
  image: string;
  nowMs: number;
  /** `uid:gid` of agents. */
  user: string;
  machines: MachineImages;
  hasKvm: boolean;
  /** Group that may open /dev/kvm on the engine's host, where it is this machine. */
  kvmGroup?: number;
}

/** A proof is believed for so long, milliseconds: a failed one briefly, since its user is about to mend it. */
const believedMs = { booted: 12 * 3_600_000, failed: 5 * 60_000 } as const;

const proofSchema = z.strictObject({ atMs: z.number(), isThere: z.boolean(), seen: z.string() });
type Proof = z.infer<typeof proofSchema>;

/** Refuses at once what the engine doesn't even name, before anything is built. Throws ISOLATION_UNAVAILABLE. */
export async function assertNamed(engine: Engine, wish: IsolationWish): Promise<void> {
  if (wish === 'container' || wish === 'auto') return;
  const found = await find(engine, levelOf(wish));
  if (!found.isThere) throw unavailable(wish, found.reason, found.remedy);
}

/** Throws ISOLATION_UNAVAILABLE for a level that does not start here, and what building a machine's images throws. */
export async function chooseIsolation(engine: Engine, wish: IsolationWish, ground: Ground): Promise<Choice> {
  if (wish === 'container') {
    return { isolation: container, why: `shares the kernel ${(await engine.facts()).kernel}` };
  }
  if (wish !== 'auto') return demanded(engine, levelOf(wish), ground);
  const passedOver: string[] = [];
  for (const level of [...isolations].reverse()) {
    const found = await find(engine, level);
    const { choice, reason } = await tryLevel(engine, found, ground);
    if (choice !== undefined) return { ...choice, why: [choice.why, ...passedOver].join('; ') };
    passedOver.push(`no ${level.id}: ${reason}`);
  }
  throw new TradeboxError('FAULT', `No isolation level at all: ${passedOver.join('; ')}`);
}

/** For `auto`: what the level would be here, or why it is passed over. */
async function tryLevel(
  engine: Engine,
  found: Found,
  ground: Ground,
): Promise<{ choice?: Choice; reason?: string }> {
  if (!found.isThere) return { reason: found.reason };
  if (found.kind === 'machine') {
    // Its makers promise no isolation where QEMU translates the machine's instructions (qemu.org/docs/master/system/security.html,
    // "Non-virtualization Use Case"), and all is ten times slower: that is for who asks for it by name.
    if (!ground.hasKvm) return { reason: 'this machine has no /dev/kvm; without it only by name' };
    const proof = await proveMachine(engine, 'kvm', ground, true);
    if (!proof.isThere)
      return { reason: `/dev/kvm starts no machine here (${proof.seen}); without it only by name` };
    const image = await ground.machines.withAgent('kvm');
    return { choice: { isolation: found.on('kvm', image, ground.kvmGroup), why: proof.seen } };
  }
  const proof = await proveRuntime(engine, found.runtime, ground, true);
  return proof.isThere ? { choice: { isolation: found.isolation, why: proof.seen } } : { reason: proof.seen };
}

async function demanded(engine: Engine, level: IsolationLevel, ground: Ground): Promise<Choice> {
  const found = await find(engine, level);
  if (!found.isThere) throw unavailable(level.id, found.reason, found.remedy);
  if (found.kind === 'machine') return demandedMachine(engine, found, ground);
  const proof = await proveRuntime(engine, found.runtime, ground, false);
  if (proof.isThere) return { isolation: found.isolation, why: proof.seen };
  throw unavailable(
    level.id,
    `the runtime ${found.runtime} is registered but does not start a container: ${proof.seen}`,
    `Mend it${level.id === 'gvisor' ? ' (on Debian or Ubuntu: `sudo ./scripts/install-gvisor` in a checkout of tradebox)' : ''}, or choose another --isolation.`,
  );
}

async function demandedMachine(
  engine: Engine,
  found: Extract<Found, { kind: 'machine' }>,
  ground: Ground,
): Promise<Choice> {
  const fast = ground.hasKvm ? await proveMachine(engine, 'kvm', ground, true) : undefined;
  if (fast?.isThere === true) {
    return {
      isolation: found.on('kvm', await ground.machines.withAgent('kvm'), ground.kvmGroup),
      why: fast.seen,
    };
  }
  const proof = await proveMachine(engine, 'tcg', ground, false);
  if (!proof.isThere) {
    throw unavailable(
      'vm',
      `no machine boots here: ${proof.seen}`,
      'Use `--isolation gvisor`, or `--isolation auto`.',
    );
  }
  return {
    isolation: found.on('tcg', await ground.machines.withAgent('tcg')),
    why: proof.seen,
    warning: `${fast === undefined ? 'there is no /dev/kvm' : `/dev/kvm starts no machine (${fast.seen})`}: QEMU translates every instruction of this machine, about ten times slower, and its makers promise isolation with KVM only`,
  };
}

async function find(engine: Engine, level: IsolationLevel): Promise<Found> {
  return level.find(await engine.facts());
}

/** A level that brings no runtime of its own needs no proof. */
async function proveRuntime(
  engine: Engine,
  runtime: string | undefined,
  ground: Ground,
  believesFailure: boolean,
): Promise<Proof> {
  if (runtime === undefined) {
    return { atMs: ground.nowMs, isThere: true, seen: `shares the kernel ${(await engine.facts()).kernel}` };
  }
  return prove(engine, runtime, runtimeBoot(runtime, ground.image), ground, believesFailure);
}

async function proveMachine(
  engine: Engine,
  accelerator: Accelerator,
  ground: Ground,
  believesFailure: boolean,
): Promise<Proof> {
  const image = await ground.machines.machine();
  const boot = machineBoot(accelerator, image, ground.user, ground.kvmGroup);
  return prove(engine, `QEMU with ${accelerator}`, boot, ground, believesFailure);
}

/** Boots once, then remembers. */
async function prove(
  engine: Engine,
  what: string,
  boot: Boot,
  ground: Ground,
  believesFailure: boolean,
): Promise<Proof> {
  const { id } = await engine.facts();
  const key = `${what} ${engine.version.version} ${id || engine.endpoint.address}`;
  const known = readProofs(ground.stateDir)[key];
  if (known !== undefined && (known.isThere || believesFailure)) {
    const ageMs = ground.nowMs - known.atMs;
    if (ageMs >= 0 && ageMs < (known.isThere ? believedMs.booted : believedMs.failed)) return known;
  }
  const proof = await bootNow(engine, what, boot, ground.nowMs);
  ensurePrivateDir(ground.stateDir);
  writePrivateFile(
    proofsFile(ground.stateDir),
    `${JSON.stringify({ ...readProofs(ground.stateDir), [key]: proof }, null, 2)}\n`,
  );
  return proof;
}

async function bootNow(engine: Engine, what: string, boot: Boot, nowMs: number): Promise<Proof> {
  const identity = {
    name: `boot-${randomBytes(4).toString('hex')}`,
    id: randomBytes(8).toString('hex'),
    profile: 'boot probe',
    mode: 'readonly',
    isPaper: false,
    createdAt: new Date(nowMs).toISOString(),
  };
  try {
    const [kernel, facts] = await Promise.all([bootedKernel(engine, boot, identity), engine.facts()]);
    // The effect counts: a runtime of that name that runs on the host's kernel is not the level it claims.
    const isThere = !kernel.includes(facts.kernel);
    const seen = isThere ? `${what} runs ${kernel}` : `its containers see the host's kernel, ${kernel}`;
    return { atMs: nowMs, isThere, seen: seen.slice(0, 300) };
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    return { atMs: nowMs, isThere: false, seen: messageOf(cause).replace(/\s+/g, ' ').trim().slice(0, 300) };
  }
}

function levelOf(id: IsolationId): IsolationLevel {
  const level = isolations.find((each) => each.id === id);
  if (level === undefined) throw new TradeboxError('FAULT', `There is no isolation level ${id}.`);
  return level;
}

function unavailable(id: IsolationId, reason: string, remedy: string): TradeboxError {
  return new TradeboxError('ISOLATION_UNAVAILABLE', `the isolation level ${id} is not available: ${reason}`, {
    remedy,
  });
}

const proofsFile = (stateDir: string) => join(stateDir, 'engine-isolation.json');

function readProofs(stateDir: string): Record<string, Proof> {
  const bytes = readPrivateFile(proofsFile(stateDir));
  if (bytes === undefined) return {};
  try {
    const parsed = z.record(z.string(), proofSchema).safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}
