// Makes sure that the agent's names are answered by the sidecar, whatever this engine's embedded name server does: judged by effect.
import { join } from 'node:path';
import { z } from 'zod';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../config/private-files.js';
import { TradeboxError } from '../core/errors.js';
import { internalHosts } from '../sidecar/settings.js';
import type { Engine } from './engine.js';
import { captureExec } from './exec.js';

/**
 * `forwards`: the engine passes questions on to the resolver we gave the container, the sidecar alone. `refuses`: from Docker 26
 * on (the fix of CVE-2024-29018) nothing is passed on from an internal network; resolv.conf must name the sidecar itself.
 */
export type ResolverHabit = 'forwards' | 'refuses';

const habitsSchema = z.record(z.string(), z.enum(['forwards', 'refuses']));

const answerDeadlineMs = 6_000;

/** What was seen of this engine in this version before; undefined for a new one. */
export async function knownHabit(engine: Engine, stateDir: string): Promise<ResolverHabit | undefined> {
  return readHabits(stateDir)[await habitKey(engine)];
}

/** Content of a resolv.conf that names the sidecar alone. */
export const resolverFile = (sidecarAddress: string) =>
  `nameserver ${sidecarAddress}\noptions timeout:2 attempts:2\n`;

/** Names the sidecar in the agent's resolv.conf. */
export async function pointAtSidecar(engine: Engine, agentId: string, sidecarAddress: string): Promise<void> {
  const content = resolverFile(sidecarAddress);
  const { exitCode, stderr } = await captureExec(
    engine,
    agentId,
    { argv: ['/bin/sh', '-c', 'printf %s "$0" > /etc/resolv.conf', content], user: '0:0' },
    answerDeadlineMs,
  );
  if (exitCode === 0) return;
  throw new TradeboxError('FAULT', `The agent's resolv.conf could not be written: ${stderr.trim()}`);
}

/**
 * Asks for a name from inside the agent once the sidecar listens, mends resolv.conf where the answer isn't the sidecar's, and
 * remembers the habit. Throws BOUNDARY_BROKEN when even that leads elsewhere.
 */
export async function learnHabit(
  engine: Engine,
  stateDir: string,
  agentId: string,
  sidecarAddress: string,
): Promise<ResolverHabit> {
  let habit: ResolverHabit = 'forwards';
  if (!(await leadsToSidecar(engine, agentId, sidecarAddress))) {
    habit = 'refuses';
    await pointAtSidecar(engine, agentId, sidecarAddress);
    if (!(await leadsToSidecar(engine, agentId, sidecarAddress))) {
      throw new TradeboxError('BOUNDARY_BROKEN', "The agent's names are not answered by the sidecar.", {
        remedy:
          'Run `tradebox diagnose` and send its report: this engine does something with names that tradebox does not know.',
      });
    }
  }
  ensurePrivateDir(stateDir);
  const habits = { ...readHabits(stateDir), [await habitKey(engine)]: habit };
  writePrivateFile(habitsFile(stateDir), `${JSON.stringify(habits, null, 2)}\n`);
  return habit;
}

async function leadsToSidecar(engine: Engine, agentId: string, sidecarAddress: string): Promise<boolean> {
  try {
    const argv = ['getent', 'ahostsv4', internalHosts.api];
    const { stdout } = await captureExec(engine, agentId, { argv }, answerDeadlineMs);
    return stdout.split(/\s/, 1)[0] === sidecarAddress;
  } catch {
    return false; // no answer in time is no answer
  }
}

const habitsFile = (stateDir: string) => join(stateDir, 'engine-resolvers.json');

async function habitKey(engine: Engine): Promise<string> {
  const { id } = await engine.facts();
  return `${engine.version.product} ${engine.version.version} ${id || engine.endpoint.address}`;
}

function readHabits(stateDir: string): Record<string, ResolverHabit> {
  const bytes = readPrivateFile(habitsFile(stateDir));
  if (bytes === undefined) return {};
  try {
    const parsed = habitsSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}
