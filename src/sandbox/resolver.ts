// Makes sure that the agent's names are answered by the sidecar and nobody else, whatever this engine's embedded DNS does.
import type { Engine } from './engine.js';

/**
 * Engines from Docker 26 on do not forward names from an internal network at all (the fix of CVE-2024-29018), so the agent
 * could resolve nothing: there its resolv.conf is written anew to name the sidecar directly. Older engines forward to the
 * resolvers we gave the container, which is the sidecar alone; nothing needs to be done.
 */
export async function ensureResolver(engine: Engine, agentId: string, sidecarAddress: string): Promise<void> {
  if (!needsOwnResolver(engine)) return;
  const content = `nameserver ${sidecarAddress}\noptions timeout:2 attempts:2\n`;
  const { stream } = await engine.api.execs.start(agentId, {
    argv: ['/bin/sh', '-c', `printf %s "$0" > /etc/resolv.conf`, content],
    user: '0:0',
    hasTerminal: false,
    hasStdin: false,
  });
  for await (const _chunk of stream.socket) {
    // drained: the exec has ended when its output ends
  }
}

function needsOwnResolver(engine: Engine): boolean {
  const [major = 0] = engine.version.version.split('.').map(Number);
  return engine.version.product === 'podman' || major >= 26;
}
