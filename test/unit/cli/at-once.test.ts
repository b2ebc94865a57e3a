// What one look answers is what the whole program answers; where there is more to tell, the whole program is left to it.
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import { openJournal } from '../../../src/audit/journal.js';
import { askForBoxes } from '../../../src/cli/ask-boxes.js';
import { answerAtOnce } from '../../../src/cli/at-once.js';
import { commands } from '../../../src/cli/commands.js';
import { runProgram } from '../../../src/cli/program.js';
import { rootHelp } from '../../../src/cli/root-help.js';
import { writePrivateFile } from '../../../src/config/private-files.js';
import { systemClock } from '../../../src/core/clock.js';
import { boxPaths } from '../../../src/sandbox/box-paths.js';
import { labelsOf } from '../../../src/sandbox/names.js';
import { writeRecord } from '../../../src/sandbox/records.js';
import { scanHotFiles } from '../../../src/sandbox/shield/hot-files.js';
import { boxRecord } from '../../support/box-record.js';
import { hostProcess, temporaryDir, writeFile } from '../../support/host-files.js';

const identity = {
  name: 'lab',
  id: 'a',
  profile: 'shell',
  mode: 'demo',
  isPaper: true,
  createdAt: '2026-11-20T00:00:00Z',
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A host with an engine that has the box `lab`, its agent in the given state. */
async function host(agentState = 'running', agentStatus = 'Up 2 minutes') {
  const dir = temporaryDir();
  const asked: string[] = [];
  const container = (role: 'agent' | 'sidecar', state: string, status: string) => ({
    Id: role,
    Names: [`/${role}`],
    Labels: labelsOf(identity, role),
    State: state,
    Status: status,
    Image: 'image',
  });
  const answers: Record<string, unknown> = {
    '/containers/json': [container('agent', agentState, agentStatus), container('sidecar', 'running', 'Up')],
    '/networks': (['inside', 'egress'] as const).map((role) => ({
      Id: role,
      Name: role,
      Labels: labelsOf(identity, role),
    })),
    '/containers/agent/json': {
      Id: 'agent',
      Name: '/agent',
      State: { Status: agentState, ExitCode: 1, OOMKilled: true, StartedAt: identity.createdAt, Error: '' },
      Config: { Labels: labelsOf(identity, 'agent'), Image: 'image', Tty: false, OpenStdin: true },
      NetworkSettings: { Networks: {} },
    },
  };
  const server = createServer((request, response) => {
    const path = /^\/v1\.41([^?]*)/.exec(request.url ?? '')?.[1] ?? '';
    asked.push(path);
    response.end(JSON.stringify(answers[path] ?? {}));
  });
  const socketPath = join(dir, 'engine.sock');
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return { ...programs(dir, `unix://${socketPath}`), asked };
}

function programs(dir: string, dockerHost: string) {
  const whole = hostProcess(dir, { variables: { DOCKER_HOST: dockerHost } });
  return {
    dir,
    stateDir: join(dir, 'tradebox/state'),
    atOnce: (...words: string[]) =>
      answerAtOnce(words, {
        env: whole.env,
        boxes: () => askForBoxes(whole.env, whole.clock.nowMs()),
        isTerminal: () => false,
        version: () => '1.2.3',
      }),
    byWholeProgram: async (...words: string[]) => {
      await runProgram(words, whole, '1.2.3');
      return whole.stdoutText();
    },
  };
}

/** A record of the box, its working directory and a journal that holds the event. */
async function remembered(stateDir: string, workdir: string, launch: object, event?: JournalEvent) {
  writeRecord(stateDir, boxRecord({ id: identity.id, workdir, launch }));
  const dir = boxPaths(stateDir, 'lab').journal;
  const journal = openJournal(dir, { sandbox: 'lab', sandboxId: identity.id, clock: systemClock });
  if (event !== undefined) journal.append(event);
  await journal.close();
}

const taint: JournalEvent = { type: 'taint', cause: 'decoy-misuse', message: 'in the head' };

test('one look lists a running box as the whole program does, without asking about its agent', async () => {
  const { atOnce, byWholeProgram, asked, stateDir, dir } = await host();
  await remembered(stateDir, dir, {});
  const text = await atOnce('ps');
  expect(asked.sort()).toEqual(['/containers/json', '/networks']);
  expect(text).toBe('lab  running  demo, paper  container  shell  Up 2 minutes\n');
  expect(await byWholeProgram('ps')).toBe(text);
});

test('of an agent that ended it is asked why', async () => {
  const { atOnce, byWholeProgram } = await host('exited', 'Exited (137) 1 minute ago');
  const text = await atOnce('ps');
  expect(text).toBe('lab  agent-exited  demo, paper  container  shell  out of memory\n');
  expect(await byWholeProgram('ps')).toBe(text);
});

test('the list of commands and the version are the same', async () => {
  const { atOnce, byWholeProgram } = programs(temporaryDir(), 'unix:///nowhere');
  expect(await atOnce('--help')).toBe(rootHelp(commands));
  expect(await byWholeProgram('--help')).toBe(rootHelp(commands));
  expect(await atOnce('--version')).toBe('1.2.3\n');
});

test.each<[string, JournalEvent]>([
  ['taint', taint],
  ['guardrails that wait', { type: 'guardrails.rejected', message: 'looser' }],
])('S11: %s is left to the whole program', async (_what, event) => {
  const { atOnce, byWholeProgram, stateDir, dir } = await host();
  await remembered(stateDir, dir, {}, event);
  expect(await atOnce('ps')).toBeUndefined();
  expect(await byWholeProgram('ps')).toMatch(/tainted \(1\)|not in force/);
});

test('S11: a lock file that changed or appeared is left to the whole program', async () => {
  const { atOnce, stateDir, dir } = await host();
  const workdir = join(dir, 'work');
  writeFile(join(workdir, 'package-lock.json'), 'one');
  await remembered(stateDir, workdir, { regime: 'trade' });
  writePrivateFile(boxPaths(stateDir, 'lab').hotFiles, JSON.stringify(scanHotFiles(workdir).files));
  expect(await atOnce('ps')).toMatch(/^lab {2}running/);
  writeFile(join(workdir, 'package-lock.json'), 'two');
  expect(await atOnce('ps')).toBeUndefined();
  writeFile(join(workdir, 'package-lock.json'), 'one');
  expect(await atOnce('ps')).toMatch(/^lab {2}running/);
  writeFile(join(workdir, 'npm-shrinkwrap.json'), '{}');
  expect(await atOnce('ps')).toBeUndefined();
  writePrivateFile(boxPaths(stateDir, 'lab').hotFiles, '{"package-lock.json":1}');
  expect(await atOnce('ps')).toBeUndefined();
});

test('a record that others may read, or that is none, is left to the whole program', async () => {
  const { atOnce, stateDir, dir } = await host();
  await remembered(stateDir, dir, {});
  const { record } = boxPaths(stateDir, 'lab');
  chmodSync(record, 0o644);
  expect(await atOnce('ps')).toBeUndefined();
  chmodSync(record, 0o600);
  for (const text of ['[]', '{}', '{']) {
    writePrivateFile(record, text);
    expect(await atOnce('ps')).toBeUndefined();
  }
});

test('no engine, other words and other commands are left to the whole program', async () => {
  const { atOnce } = await host();
  expect(await atOnce('ps', '--json')).toBeUndefined();
  expect(await atOnce('orders')).toBeUndefined();
  expect(await atOnce()).toBeUndefined();
  expect(await programs(temporaryDir(), 'unix:///nowhere').atOnce('ps')).toBeUndefined();
  expect(await programs(temporaryDir(), 'tcp://127.0.0.1:1').atOnce('ps')).toBeUndefined();
});
