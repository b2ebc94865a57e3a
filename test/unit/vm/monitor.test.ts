import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Monitor } from '../../../src/vm/monitor.js';

/** QEMU's end of the line: what it was told, and a way to say something. */
function qemu() {
  const [says, hears] = [new PassThrough(), new PassThrough()];
  const line = Duplex.from({ readable: says, writable: hears });
  const told: { execute: string; arguments?: unknown; id: number }[] = [];
  hears.on('data', (chunk: Buffer) => {
    for (const each of chunk.toString().trim().split('\n')) told.push(JSON.parse(each));
  });
  return { line, told, says, say: (message: object) => says.write(`${JSON.stringify(message)}\r\n`) };
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

test('it takes the capabilities first, and each answer goes to its own command', async () => {
  const { line, told, say } = qemu();
  const monitor = new Monitor(line);
  const [first, second] = [monitor.execute('query-status'), monitor.execute('migrate', { uri: 'fd:3' })];
  await soon();
  expect(told.map(({ execute }) => execute)).toEqual(['qmp_capabilities', 'query-status', 'migrate']);
  expect(told[2]?.arguments).toEqual({ uri: 'fd:3' });
  say({ QMP: { version: {} } });
  say({ id: told[2]?.id, error: { class: 'GenericError', desc: 'not now' } });
  say({ id: told[1]?.id, return: { status: 'running' } });
  expect(await first).toEqual({ status: 'running' });
  await expect(second).rejects.toThrow('not now');
});

test('an event is heard once it is the one waited for, in pieces as well', async () => {
  const { line, says, say } = qemu();
  const monitor = new Monitor(line);
  const completed = monitor.event('MIGRATION', ({ status }) => status === 'completed');
  say({ event: 'MIGRATION', data: { status: 'setup' } });
  const text = `${JSON.stringify({ event: 'MIGRATION', data: { status: 'completed' } })}\n`;
  says.write(text.slice(0, 20));
  await soon();
  says.write(text.slice(20));
  expect(await completed).toEqual({ status: 'completed' });
});

test('when QEMU ends, nobody waits any longer', async () => {
  const { line, says } = qemu();
  const monitor = new Monitor(line);
  const open = monitor.execute('quit');
  open.catch(() => {});
  await soon();
  says.destroy();
  line.destroy();
  await expect(open).rejects.toThrow('QEMU has ended');
  await expect(monitor.execute('query-status')).rejects.toThrow('QEMU has ended');
});
