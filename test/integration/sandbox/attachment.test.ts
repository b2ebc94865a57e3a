// The agent's own process as the caller sees it: output, input, terminal, signals, exit code. Covers src/sandbox/attach.ts, exec.ts, control.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attachTo } from '../../../src/sandbox/attach.js';
import { control } from '../../../src/sandbox/control.js';
import { captureExec, execInBox, runningContainer } from '../../../src/sandbox/exec.js';
import { containerId } from '../../support/docker.js';
import { skipReason } from '../../support/requirements.js';
import { exited, pipes, Rig, terminal } from './rig.js';

describe.skipIf(skipReason('docker'))('the agent process', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.open();
  });
  afterAll(() => rig.close());

  const run = async (command: string[], input?: string) => {
    const name = rig.name('run');
    const { streams, read } = pipes(input);
    const hasStdin = input !== undefined;
    const box = await rig.box(name, {
      command,
      terminal: { isTty: false, hasStdin },
      options: { willAttach: true },
    });
    const outcome = await box.attach(streams);
    const output = await read();
    await rig.remove(name);
    return { outcome, ...output };
  };

  test('its first and last words arrive on their own streams, and its exit code is passed through', async () => {
    expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      outcome: exited(7),
      out: 'out\n',
      err: 'err\n',
    });
  });

  test('it reads what the caller pipes in, to its end', async () => {
    expect(await run(['sh', '-c', 'tr a-z A-Z; echo done'], 'hello\n')).toMatchObject({
      out: 'HELLO\ndone\n',
    });
  });

  test('a program that does not exist is 127, as in a shell', async () => {
    expect((await run(['no-such-program'])).outcome).toEqual(exited(127));
  });

  test('a caller with a terminal gives it one, with its size, its resizes and its keys', async () => {
    const name = rig.name('tty');
    const screen = terminal(91, 33);
    const box = await rig.box(name, {
      command: ['bash', '--norc', '--noprofile'],
      terminal: { isTty: true, hasStdin: true, size: { columns: 91, rows: 33 } },
      options: { willAttach: true },
    });
    const attaching = box.attach(screen.streams);
    screen.type('stty size\r');
    await screen.sees(/33 91/);
    screen.resize({ columns: 100, rows: 40 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    screen.type('stty size\r');
    await screen.sees(/40 100/);
    screen.type('sleep 100\r');
    await new Promise((resolve) => setTimeout(resolve, 300));
    screen.type('\x03echo interrupted $?\r');
    await screen.sees(/interrupted 130/);
    screen.type('exit 5\r');
    expect(await attaching).toEqual(exited(5));
  });

  test('ctrl-p ctrl-q leaves it running, and it can be attached to again', async () => {
    const name = rig.name('detach');
    const box = await rig.box(name, {
      command: ['bash', '--norc', '--noprofile'],
      terminal: { isTty: true, hasStdin: true },
      options: { willAttach: true },
    });
    const first = terminal(80, 24);
    const attaching = box.attach(first.streams);
    first.type('echo one$((1))\r');
    await first.sees(/one1/);
    first.type('\x10\x11');
    expect(await attaching).toEqual({ kind: 'detached' });

    const second = terminal(80, 24);
    const again = attachTo(rig.engine, await runningContainer(rig.engine, name, 'agent'), second.streams);
    await new Promise((resolve) => setTimeout(resolve, 200));
    second.type('echo two$((2)); exit 3\r');
    await second.sees(/two2/);
    expect(await again).toEqual(exited(3));
  });

  test('a signal to the caller reaches it through its init', async () => {
    const name = rig.name('signal');
    const box = await rig.box(name, {
      command: ['sh', '-c', 'trap "echo caught; exit 9" INT; echo up; while :; do sleep 0.05; done'],
      options: { willAttach: true },
    });
    const { streams, read } = pipes();
    let send: ((signal: NodeJS.Signals) => void) | undefined;
    const attaching = box.attach({
      ...streams,
      onSignal: (forward) => {
        send = forward;
        return () => {};
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    send?.('SIGINT');
    expect(await attaching).toEqual(exited(9));
    expect((await read()).out).toBe('up\ncaught\n');
  });

  test('further commands run beside it, with their own code, input and terminal', async () => {
    const name = rig.name('exec');
    await rig.box(name);
    expect(await rig.shell(name, 'echo a; echo b >&2; exit 4')).toEqual({ code: 4, out: 'a\n', err: 'b\n' });
    const { streams, read } = pipes('in');
    expect(await execInBox(rig.engine, name, ['cat'], { hasTerminal: false, streams })).toBe(0);
    expect((await read()).out).toBe('in');
    const screen = terminal(77, 22);
    const running = execInBox(rig.engine, name, ['sh', '-c', 'sleep 0.2; tty; stty size; exit 6'], {
      hasTerminal: true,
      streams: screen.streams,
    });
    await screen.sees(/\/dev\/pts\/\d/);
    await screen.sees(/22 77/);
    expect(await running).toBe(6);
    const agent = await runningContainer(rig.engine, name, 'agent');
    await expect(captureExec(rig.engine, agent, { argv: ['sleep', '30'] }, 300)).rejects.toThrow(
      'did not end',
    );
  });

  test("the sidecar answers its control channel, and a box that isn't there is told apart from one that stands still", async () => {
    const name = rig.name('control');
    await rig.box(name);
    expect(await control(rig.engine, name, { op: 'status' })).toMatchObject({
      ok: true,
      result: { sandbox: name, mode: 'readonly' },
    });
    await rig.engine.api.containers.kill(containerId(name, 'sidecar'), 'SIGKILL');
    await expect(control(rig.engine, name, { op: 'status' })).rejects.toMatchObject({
      code: 'BOX_NOT_RUNNING',
    });
    await expect(control(rig.engine, 't-none', { op: 'status' })).rejects.toMatchObject({
      code: 'BOX_UNKNOWN',
    });
  });
});
