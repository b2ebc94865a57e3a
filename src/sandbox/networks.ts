// The two networks of a box: inside (agent and sidecar alone, no host, no way out) and egress (sidecar alone).
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { TradeboxError } from '../core/errors.js';
import { isAddressClash } from './docker/errors.js';
import type { NetworkPlan } from './docker/shapes.js';
import { isOlder } from './engine.js';
import type { EngineApi } from './engine-api.js';
import { type BoxIdentity, labelsOf, objectNames } from './names.js';
import { addressAt, chooseSubnet, formatSubnet, parseRoutes, parseSubnet, type Subnet } from './subnets.js';

export interface BoxNetwork {
  id: string;
  name: string;
  subnet: Subnet;
}

export type NetworkRole = 'inside' | 'egress';

/** Addresses on a box's networks: .1 is the engine's. */
export const sidecarAddressOn = (subnet: Subnet) => addressAt(subnet, 2);
export const agentAddressOn = (subnet: Subnet) => addressAt(subnet, 3);

const attempts = 12;

/** Creates one of a box's networks. Throws ADDRESS_SPACE_EXHAUSTED, DISK_FULL, ENGINE_UNREACHABLE. */
export function createNetwork(
  api: EngineApi,
  identity: BoxIdentity,
  role: NetworkRole,
  engineApiVersion: string,
): Promise<BoxNetwork> {
  return createNetworkFrom(api, (subnet) => networkPlan(identity, role, subnet, engineApiVersion));
}

/** Creates a network on a range of its own, choosing anew when the engine finds it taken. */
export async function createNetworkFrom(
  api: EngineApi,
  planFor: (subnet: string) => NetworkPlan,
): Promise<BoxNetwork> {
  const taken = routedByHost();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const subnet = chooseSubnet(taken, () => randomInt(2 ** 32) / 2 ** 32);
    if (subnet === undefined) break;
    const plan = planFor(formatSubnet(subnet));
    try {
      return { id: await api.networks.create(plan), name: plan.name, subnet };
    } catch (thrown) {
      if (!(thrown instanceof TradeboxError) || !isAddressClash(thrown.cause)) throw thrown;
      taken.push(subnet);
    }
  }
  throw new TradeboxError('ADDRESS_SPACE_EXHAUSTED', 'No free private address range was found for the box.', {
    remedy: 'Remove networks that nobody uses (`docker network prune`), then try again.',
  });
}

/** What the engine is asked for. S3: no address of the host on the inside network, so there is no host to talk to. */
export function networkPlan(
  identity: BoxIdentity,
  role: NetworkRole,
  subnet: string,
  engineApiVersion: string,
): NetworkPlan {
  const isInternal = role === 'inside';
  return {
    name: objectNames(identity)[role],
    labels: labelsOf(identity, role),
    subnet,
    isInternal,
    options: isInternal ? isolationOptions(engineApiVersion) : {},
  };
}

/**
 * Options that keep the host off the bridge. `inhibit_ipv4` is known since Docker 17; the isolated gateway mode, which
 * also drops packets to the host's other addresses, since 28.0 (API 1.48; docs.docker.com/engine/network/packet-filtering-firewalls).
 */
function isolationOptions(engineApiVersion: string): Record<string, string> {
  const inhibit = { 'com.docker.network.bridge.inhibit_ipv4': 'true' };
  return isOlder(engineApiVersion, '1.48')
    ? inhibit
    : { ...inhibit, 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' };
}

/** Ranges that this host has interfaces on or routes to. */
function routedByHost(): Subnet[] {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const own = addresses.flatMap((entry) => parseSubnet(entry.cidr ?? '') ?? []);
  try {
    return [...own, ...parseRoutes(readFileSync('/proc/net/route', 'utf8'))];
  } catch {
    return own; // not Linux: the engine's machine has its own routes and refuses what clashes
  }
}
