// Makes sure that the agent's names are answered by the sidecar alone, whatever name server this engine has of its own. (From Docker 26
// on, the fix of CVE-2024-29018, that one passes nothing on from an internal network; before, it asked from outside of the box.)
import { TradeboxError } from '../core/errors.js';
import type { Engine } from './engine.js';
import { captureExec } from './exec.js';

const writeDeadlineMs = 6_000;

/** Content of a resolv.conf that names the sidecar alone. */
export const resolverFile = (sidecarAddress: string) =>
  `nameserver ${sidecarAddress}\noptions timeout:2 attempts:2\n`;

/** Names the sidecar in the resolv.conf of an agent that sees no file of the host's. */
export async function pointAtSidecar(engine: Engine, agentId: string, sidecarAddress: string): Promise<void> {
  const content = resolverFile(sidecarAddress);
  const { exitCode, stderr } = await captureExec(
    engine,
    agentId,
    { argv: ['/bin/sh', '-c', 'printf %s "$0" > /etc/resolv.conf', content], user: '0:0' },
    writeDeadlineMs,
  );
  if (exitCode === 0) return;
  throw new TradeboxError('FAULT', `The agent's resolv.conf could not be written: ${stderr.trim()}`);
}
