// Starts a container of an OCI runtime and looks which kernel answers in it: a runtime may be registered and broken, and only a
// boot with a network tells. Throws what went wrong.
import { TradeboxError } from '../../core/errors.js';
import { withDeadline } from '../docker/errors.js';
import type { Engine } from '../engine.js';
import { collectOutput } from '../exec.js';
import { type BoxIdentity, labelsOf } from '../names.js';
import { agentAddressOn, createNetworkFrom } from '../networks.js';

/** A gVisor container starts within a second; two busy cores may take ten. */
const bootDeadlineMs = 25_000;

/** `/proc/version` as the runtime's containers see it. `identity` names what is made, so that `ps` and `reset` would find remains. */
export async function bootedKernel(
  engine: Engine,
  runtime: string,
  image: string,
  identity: BoxIdentity,
): Promise<string> {
  const name = `tradebox-${identity.name}-boot`;
  const labels = labelsOf(identity, 'probe');
  const network = await createNetworkFrom(engine.api, (subnet) => ({
    name,
    labels,
    subnet,
    isInternal: true,
    options: {},
  }));
  let id: string | undefined;
  try {
    id = await engine.api.containers.create({
      name,
      image,
      argv: ['cat', '/proc/version'],
      environment: {},
      user: '65534:65534',
      workingDir: '/',
      hostName: 'probe',
      labels,
      hasTerminal: false,
      hasStdin: false,
      hasInit: true,
      isRootReadOnly: false,
      limits: { memoryBytes: 256 * 1024 ** 2, cpus: 1, pids: 64, openFiles: 4096 },
      mounts: [],
      tmpfs: {},
      sysctls: {},
      network: { name, address: agentAddressOn(network.subnet) },
      resolvers: [],
      runtime,
    });
    const container = id;
    return await withDeadline(bootDeadlineMs, async () => {
      const stream = await engine.api.containers.attach(container, { hasStdin: false, isFramed: true });
      const output = collectOutput(stream.socket);
      output.catch(() => {});
      await engine.api.containers.start(container);
      const { stdout, stderr } = await output;
      if (stdout.trim() === '') throw new TradeboxError('FAULT', stderr.trim() || 'it printed nothing');
      return stdout.trim();
    });
  } finally {
    if (id !== undefined) await engine.api.containers.remove(id);
    await engine.api.networks.remove(network.id);
  }
}
