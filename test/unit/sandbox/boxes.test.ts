import { expect, test } from 'vitest';
import { type LabelledParts, statesOf } from '../../../src/sandbox/boxes.js';
import type { ContainerState, ContainerStatus } from '../../../src/sandbox/docker/shapes.js';
import { changedRoots } from '../../../src/sandbox/evidence.js';
import { labelsOf, type Role } from '../../../src/sandbox/names.js';

const labels = (name: string, role: Role) =>
  labelsOf(
    {
      name,
      id: `${name}-id`,
      profile: 'shell',
      mode: 'demo',
      isPaper: true,
      createdAt: '2026-11-20T00:00:00Z',
    },
    role,
  );

interface Situation {
  agent?: ContainerStatus;
  sidecar?: ContainerStatus;
  inside?: boolean;
  egress?: boolean;
  state?: Partial<ContainerState>;
}

function parts(
  name: string,
  { agent, sidecar, inside = true, egress = true, state = {} }: Situation,
): LabelledParts {
  const summary = (role: 'agent' | 'sidecar', status: ContainerStatus) => ({
    id: `${name}-${role}`,
    name: `tradebox-${name}-${role}`,
    labels: labels(name, role),
    status,
    statusText: `status of ${role}`,
    image: 'x',
  });
  const containers = [
    ...(agent === undefined ? [] : [summary('agent', agent)]),
    ...(sidecar === undefined ? [] : [summary('sidecar', sidecar)]),
  ];
  const network = (role: 'inside' | 'egress') => ({
    id: `${name}-${role}`,
    name: `tradebox-${name}-${role}`,
    labels: labels(name, role),
    subnets: [],
    members: [],
  });
  return {
    containers,
    networks: [...(inside ? [network('inside')] : []), ...(egress ? [network('egress')] : [])],
    inspected: new Map([
      [
        `${name}-agent`,
        { exitCode: 0, startedAtMs: 1000, error: '', outOfMemory: false, ...state } as ContainerState,
      ],
    ]),
  };
}

const one = (situation: Situation) => statesOf(parts('demo', situation), 61_000)[0];

test('a whole box that runs', () => {
  expect(one({ agent: 'running', sidecar: 'running' })).toMatchObject({
    name: 'demo',
    id: 'demo-id',
    profile: 'shell',
    mode: 'demo',
    isPaper: true,
    status: 'running',
    upMs: 60_000,
    exitCode: undefined,
    parts: { agent: 'demo-agent', sidecar: 'demo-sidecar', inside: 'demo-inside', egress: 'demo-egress' },
  });
});

test.each<[string, Situation, object]>([
  [
    'the agent has ended',
    { agent: 'exited', sidecar: 'running', state: { exitCode: 7 } },
    { status: 'agent-exited', exitCode: 7, upMs: undefined },
  ],
  [
    'the sidecar was killed',
    { agent: 'running', sidecar: 'exited' },
    { status: 'sidecar-dead', detail: expect.stringContaining('without network') },
  ],
  ['the sidecar was removed', { agent: 'running' }, { status: 'sidecar-dead' }],
  [
    'a reset was killed before it made anything',
    { agent: 'paused', sidecar: 'exited' },
    { status: 'sidecar-dead', detail: expect.stringContaining('is paused without network') },
  ],
  [
    'the engine was restarted',
    { agent: 'exited', sidecar: 'exited', state: { exitCode: 255 } },
    { status: 'stopped', exitCode: 255 },
  ],
  ['only networks were made', {}, { status: 'partial', detail: 'without agent, sidecar' }],
  [
    'a network is missing',
    { agent: 'running', sidecar: 'running', egress: false },
    { status: 'partial', detail: 'without egress' },
  ],
  ['sidecar and a network are missing', { agent: 'running', egress: false }, { status: 'partial' }],
  [
    'the agent never started',
    { agent: 'created', sidecar: 'running', state: { error: 'no such file' } },
    { status: 'partial', detail: 'never started: no such file' },
  ],
  [
    'the agent ran out of memory',
    { agent: 'exited', sidecar: 'running', state: { exitCode: 137, outOfMemory: true } },
    { status: 'agent-exited', detail: 'out of memory' },
  ],
  ['the agent is paused', { agent: 'paused', sidecar: 'running' }, { status: 'running', detail: 'paused' }],
])('%s', (_what, situation, expected) => {
  expect(one(situation)).toMatchObject(expected);
});

test('of an interrupted reset the box that runs counts, and the remains beside it are told', () => {
  const old = parts('demo', { agent: 'running', sidecar: 'running' });
  const newer = (part: { labels: Record<string, string> }) => ({
    ...part,
    id: 'newer',
    labels: { ...part.labels, 'tradebox.id': 'newer-id', 'tradebox.created': '2026-11-21T00:00:00Z' },
  });
  const networks = [...old.networks, ...old.networks.map(newer)] as LabelledParts['networks'];
  const [alive] = statesOf({ ...old, networks }, 61_000);
  expect(alive).toMatchObject({ id: 'demo-id', status: 'running', upMs: 60_000 });
  expect(alive?.detail).toBe('status of agent; beside it remains of an interrupted reset');
  expect(alive?.parts.inside).toBe('demo-inside');

  const halted = parts('demo', { agent: 'paused', sidecar: 'running' });
  expect(statesOf({ ...halted, networks }, 61_000)).toMatchObject([
    {
      id: 'demo-id',
      status: 'partial',
      detail: 'the agent is paused; beside it remains of an interrupted reset',
    },
  ]);

  const dead = parts('demo', { agent: 'exited', sidecar: 'exited' });
  expect(statesOf({ ...dead, networks }, 61_000)).toMatchObject([
    {
      id: 'newer-id',
      status: 'partial',
      detail: 'without agent, sidecar; beside it remains of an interrupted reset',
    },
  ]);
});

test('boxes are told apart and sorted, strangers are none', () => {
  const [a, b] = [parts('alpha', { agent: 'running', sidecar: 'running' }), parts('beta', {})];
  const stranger = { id: 's', name: 'tradebox-x', labels: {}, subnets: [], members: [] };
  const states = statesOf(
    {
      containers: [...b.containers, ...a.containers],
      networks: [...b.networks, ...a.networks, stranger],
      inspected: a.inspected,
    },
    0,
  );
  expect(states.map(({ name, status }) => [name, status])).toEqual([
    ['alpha', 'running'],
    ['beta', 'partial'],
  ]);
});

test('evidence takes an added directory whole, and of a changed one what changed in it', () => {
  const kinds = { A: 'added', C: 'changed', D: 'deleted' } as const;
  const changes = [
    'C /home',
    'C /home/agent',
    'A /home/agent/.x',
    'A /home/agent/.x/y',
    'C /etc',
    'C /etc/passwd',
    'D /tmp/a',
    'A /home/agent/.x-other',
  ].map((line) => ({ kind: kinds[line[0] as 'A'], path: line.slice(2) }));
  expect(changedRoots(changes)).toEqual(['/etc/passwd', '/home/agent/.x', '/home/agent/.x-other']);
});
