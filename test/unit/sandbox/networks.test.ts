import { expect, test } from 'vitest';
import { TradeboxError } from '../../../src/core/errors.js';
import type { NetworkPlan } from '../../../src/sandbox/docker/shapes.js';
import type { EngineApi } from '../../../src/sandbox/engine-api.js';
import {
  agentAddressOn,
  createNetwork,
  createNetworkFrom,
  networkPlan,
  sidecarAddressOn,
} from '../../../src/sandbox/networks.js';
import { formatSubnet, parseSubnet } from '../../../src/sandbox/subnets.js';

const identity = {
  name: 'demo',
  id: 'f00',
  profile: 'shell',
  mode: 'readonly',
  isPaper: false,
  createdAt: 'now',
};

test('S3: the inside network has no way out and no address of the host', () => {
  const plan = networkPlan(identity, 'inside', '10.201.0.0/28', '1.41');
  expect(plan).toMatchObject({ name: 'tradebox-demo-f00-inside', isInternal: true, subnet: '10.201.0.0/28' });
  expect(plan.options).toEqual({ 'com.docker.network.bridge.inhibit_ipv4': 'true' });
});

test('S3: an engine that knows the isolated gateway mode is asked for it too', () => {
  const plan = networkPlan(identity, 'inside', '10.201.0.0/28', '1.48');
  expect(plan.options).toEqual({
    'com.docker.network.bridge.inhibit_ipv4': 'true',
    'com.docker.network.bridge.gateway_mode_ipv4': 'isolated',
  });
});

test('the egress network is an ordinary bridge', () => {
  expect(networkPlan(identity, 'egress', '10.201.0.0/28', '1.48')).toMatchObject({
    isInternal: false,
    options: {},
  });
});

test('sidecar and agent have fixed places on a network', () => {
  const subnet = parseSubnet('10.201.7.16/28');
  expect(subnet && sidecarAddressOn(subnet)).toBe('10.201.7.18');
  expect(subnet && agentAddressOn(subnet)).toBe('10.201.7.19');
});

/** An engine whose networks fail as told, in order. */
function engineWith(failures: unknown[]): { api: EngineApi; asked: NetworkPlan[] } {
  const asked: NetworkPlan[] = [];
  const create = (plan: NetworkPlan) => {
    asked.push(plan);
    const failure = failures.shift();
    return failure === undefined ? Promise.resolve('id') : Promise.reject(failure);
  };
  return { api: { networks: { create } } as unknown as EngineApi, asked };
}

const clash = () =>
  new TradeboxError('ADDRESS_SPACE_EXHAUSTED', 'no', {
    cause: Object.assign(new Error('Pool overlaps with other one on this address space'), {
      statusCode: 403,
    }),
  });

test('a range that another network has is chosen anew', async () => {
  const { api, asked } = engineWith([clash(), clash()]);
  const network = await createNetwork(api, identity, 'inside', '1.41');
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map((plan) => plan.subnet)).size).toBe(3);
  expect(formatSubnet(network.subnet)).toBe(asked[2]?.subnet);
});

test('it gives up with a remedy when every range is taken', async () => {
  const { api } = engineWith(Array.from({ length: 50 }, clash));
  const making = createNetworkFrom(api, (subnet) => networkPlan(identity, 'inside', subnet, '1.41'));
  await expect(making).rejects.toMatchObject({
    code: 'ADDRESS_SPACE_EXHAUSTED',
    remedy: expect.stringContaining('prune'),
  });
});

test('any other failure is not tried again', async () => {
  const { api, asked } = engineWith([new TradeboxError('DISK_FULL', 'full')]);
  await expect(createNetwork(api, identity, 'inside', '1.41')).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(asked).toHaveLength(1);
});
