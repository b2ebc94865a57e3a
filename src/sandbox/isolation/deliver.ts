// Puts files into an agent whose file system the engine cannot write to: they go in by a process.
import { TradeboxError } from '../../core/errors.js';
import type { IsolationId } from '../../core/isolation.js';
import type { Engine } from '../engine.js';
import { captureExec } from '../exec.js';

/** A machine without hardware support boots in seconds, on a busy host in tens of them. */
const deliveryDeadlineMs = 120_000;

/** Unpacks a tar at the root of the running agent, with the owners and modes it names. Throws FAULT. */
export async function deliverByProcess(
  at: IsolationId,
  engine: Engine,
  agentId: string,
  tar: Buffer,
): Promise<void> {
  const { exitCode, stderr } = await captureExec(
    engine,
    agentId,
    // Privileged towards the agent's own kernel alone, before its first instruction: owners are part of what is delivered.
    {
      argv: ['tar', '--extract', '--numeric-owner', '--same-permissions', '--directory=/'],
      user: '0:0',
      isPrivileged: true,
      input: tar,
      at,
    },
    deliveryDeadlineMs,
  );
  if (exitCode === 0) return;
  throw new TradeboxError('FAULT', `The box's files could not be put into the agent: ${stderr.trim()}`);
}
