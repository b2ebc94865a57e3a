// Networks of the engine.

import { type Client, deadlines, labelFilter, orMissing } from '../docker-api.js';
import { networkState } from './answers.js';
import { networkAsPodmanTakesIt } from './podman.js';
import type { NetworkPlan, NetworkState } from './shapes.js';

/** `isPodman` is asked at each creation: the engine has told its version by then. */
export function networksOf({ docker, call, callUnlessGone }: Client, isPodman = () => false) {
  return {
    create: (wish: NetworkPlan): Promise<string> =>
      call(`create the network ${wish.name}`, deadlines.slow, async (abortSignal) => {
        const plan = isPodman() ? networkAsPodmanTakesIt(wish) : wish;
        const made = await docker.createNetwork({
          Name: plan.name,
          CheckDuplicate: true,
          Driver: 'bridge',
          Internal: plan.isInternal,
          EnableIPv6: false,
          Attachable: false,
          IPAM: { Driver: 'default', Config: [{ Subnet: plan.subnet }] },
          Options: { ...plan.options },
          Labels: { ...plan.labels },
          abortSignal,
        });
        return made.id;
      }),
    connect: (network: string, container: string, address: string): Promise<void> =>
      call('connect a container to its network', deadlines.slow, async () => {
        await docker
          .getNetwork(network)
          .connect({ Container: container, EndpointConfig: { IPAMConfig: { IPv4Address: address } } });
      }),
    disconnect: (network: string, container: string): Promise<boolean> =>
      callUnlessGone('take a container off its network', () =>
        docker.getNetwork(network).disconnect({ Container: container, Force: true }),
      ),
    /** False when it was already gone. */
    remove: (id: string): Promise<boolean> =>
      callUnlessGone('remove a network', (abortSignal) => docker.getNetwork(id).remove({ abortSignal })),
    list: (labels: Readonly<Record<string, string>>): Promise<NetworkState[]> =>
      call('list its networks', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listNetworks({ filters: labelFilter(labels), abortSignal });
        return listed.map(networkState);
      }),
    inspect: (id: string): Promise<NetworkState | undefined> =>
      call('inspect a network', deadlines.quick, () =>
        orMissing(async () => networkState(await docker.getNetwork(id).inspect())),
      ),
  };
}
