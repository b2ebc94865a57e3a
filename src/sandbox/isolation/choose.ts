// Chooses a box's isolation level: what was asked for, proven by a boot, or an error; never something weaker in silence.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../../config/private-files.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import type { IsolationId, IsolationWish } from '../../core/isolation.js';
import type { Engine } from '../engine.js';
import { bootedKernel } from './boot-probe.js';
import { container } from './container.js';
import type { Found, Isolation, IsolationLevel } from './isolation.js';
import { isolations } from './isolations.js';

export interface Choice {
  isolation: Isolation;
  /** What was proven, and for `auto` why nothing stronger was taken; one line. */
  why: string;
}

export interface Ground {
  stateDir: string;
  /** Image that the boot is proven with. */
  image: string;
  nowMs: number;
}

/** A proof is believed for so long, milliseconds: a failed one briefly, since its user is about to mend it. */
const believedMs = { booted: 12 * 3_600_000, failed: 5 * 60_000 } as const;

const proofSchema = z.strictObject({ atMs: z.number(), isThere: z.boolean(), seen: z.string() });
type Proof = z.infer<typeof proofSchema>;

/** Refuses at once what the engine doesn't even name, before anything is built. Throws ISOLATION_UNAVAILABLE. */
export async function assertNamed(engine: Engine, wish: IsolationWish): Promise<void> {
  if (wish === 'container' || wish === 'auto') return;
  const found = levelOf(wish).find(await engine.facts());
  if (!found.isThere) throw unavailable(wish, found.reason, found.remedy);
}

/** Throws ISOLATION_UNAVAILABLE for a level that does not start here. */
export async function chooseIsolation(engine: Engine, wish: IsolationWish, ground: Ground): Promise<Choice> {
  if (wish === 'container')
    return { isolation: container, why: `shares the kernel ${engine.version.kernel}` };
  if (wish !== 'auto') return demanded(engine, levelOf(wish), ground);
  const facts = await engine.facts();
  const passedOver: string[] = [];
  for (const level of [...isolations].reverse()) {
    const found = level.find(facts);
    const proof = found.isThere ? await prove(engine, found, ground, true) : undefined;
    if (found.isThere && proof?.isThere === true) {
      return { isolation: found.isolation, why: [proof.seen, ...passedOver].join('; ') };
    }
    passedOver.push(`no ${level.id}: ${found.isThere ? proof?.seen : found.reason}`);
  }
  throw new TradeboxError('FAULT', `No isolation level at all: ${passedOver.join('; ')}`);
}

async function demanded(engine: Engine, level: IsolationLevel, ground: Ground): Promise<Choice> {
  const found = level.find(await engine.facts());
  if (!found.isThere) throw unavailable(level.id, found.reason, found.remedy);
  const proof = await prove(engine, found, ground, false);
  if (proof.isThere) return { isolation: found.isolation, why: proof.seen };
  throw unavailable(
    level.id,
    `the runtime ${found.runtime} is registered but does not start a container: ${proof.seen}`,
    'Mend it (on Debian or Ubuntu: `sudo ./scripts/install-gvisor` in a checkout of tradebox), or choose another --isolation.',
  );
}

/** Boots once, then remembers. A level that brings no runtime of its own needs no proof. */
async function prove(
  engine: Engine,
  found: Extract<Found, { isThere: true }>,
  ground: Ground,
  believesFailure: boolean,
): Promise<Proof> {
  const { runtime } = found;
  if (runtime === undefined) {
    return { atMs: ground.nowMs, isThere: true, seen: `shares the kernel ${engine.version.kernel}` };
  }
  const { id } = await engine.facts();
  const key = `${runtime} ${engine.version.version} ${id || engine.endpoint.address}`;
  const known = readProofs(ground.stateDir)[key];
  if (known !== undefined && (known.isThere || believesFailure)) {
    const ageMs = ground.nowMs - known.atMs;
    if (ageMs >= 0 && ageMs < (known.isThere ? believedMs.booted : believedMs.failed)) return known;
  }
  const proof = await boot(engine, runtime, ground);
  ensurePrivateDir(ground.stateDir);
  writePrivateFile(
    proofsFile(ground.stateDir),
    `${JSON.stringify({ ...readProofs(ground.stateDir), [key]: proof }, null, 2)}\n`,
  );
  return proof;
}

async function boot(engine: Engine, runtime: string, { image, nowMs }: Ground): Promise<Proof> {
  const identity = {
    name: `boot-${randomBytes(4).toString('hex')}`,
    id: randomBytes(8).toString('hex'),
    profile: 'boot probe',
    mode: 'readonly',
    isPaper: false,
    createdAt: new Date(nowMs).toISOString(),
  };
  try {
    const kernel = await bootedKernel(engine, runtime, image, identity);
    // The effect counts: a runtime of that name that runs on the host's kernel is not the level it claims.
    const isThere = !kernel.includes(engine.version.kernel);
    const seen = isThere ? `${runtime} runs ${kernel}` : `its containers see the host's kernel, ${kernel}`;
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
