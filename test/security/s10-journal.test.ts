// S10: every decision is journaled before its effect; edit, deletion, reordering and truncation are found and located.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { okxCall, useDesk } from '../support/paper-desk.js';
import { boxSkipReason, suiteLevel } from '../support/requirements.js';

describe.skipIf(boxSkipReason())('S10', () => {
  const desk = useDesk('s10');
  let file: string;
  let whole: string;

  test('a request’s decision stands before its completion, with all that decided it', async () => {
    await okxCall(desk, 'GET', '/api/v5/account/balance');
    const records = await desk.box.journal();
    const decided = records.findIndex(({ event }) => event.type === 'request.decided');
    const completed = records.findIndex(({ event }) => event.type === 'request.completed');
    expect(decided).toBeGreaterThan(-1);
    expect(completed).toBeGreaterThan(decided);
    expect(records[decided]?.event).toMatchObject({
      host: 'www.okx.com',
      method: 'GET',
      target: '/api/v5/account/balance',
      verdict: 'allow',
      class: 'read',
    });
    expect(records[completed]?.event).toMatchObject({
      status: 200,
      request: records[decided]?.event.request,
    });
  });

  // Of this machine's files alone, whatever the box was: once.
  const describeOnce = suiteLevel() === 'container' ? describe : () => {};
  describeOnce('tampering, once the box has ended', () => {
    beforeAll(async () => {
      await okxCall(desk, 'GET', '/api/v5/account/config');
      await desk.home.ok(['stop', desk.box.name]);
      const dir = path.join(desk.home.stateDir, 'sandboxes', desk.box.name, 'journal');
      file = path.join(
        dir,
        readdirSync(dir)
          .filter((name) => name.endsWith('.jsonl'))
          .sort()
          .at(-1) ?? '',
      );
      whole = readFileSync(file, 'utf8');
    });

    const verdictOn = async (text: string) => {
      writeFileSync(file, text);
      try {
        const result = await desk.home.run(['audit', 'verify', desk.box.name, '--json']);
        return {
          code: result.code,
          ...(JSON.parse(result.stdout) as { ok: boolean; problem: { line: number } | null }),
        };
      } finally {
        writeFileSync(file, whole);
      }
    };
    const lines = () => whole.trimEnd().split('\n');
    const textOf = (changed: readonly string[]) => `${changed.join('\n')}\n`;

    test('control: untouched, it is whole', async () => {
      expect(await verdictOn(whole)).toMatchObject({ code: 0, ok: true, problem: null });
    });

    test('an edit is located', async () => {
      const edited = lines().map((line, at) => (at === 2 ? line.replace(/"at":"\d/, '"at":"3') : line));
      expect(textOf(edited)).not.toBe(whole);
      expect(await verdictOn(textOf(edited))).toMatchObject({ code: 3, ok: false });
    });

    test('a deleted, a doubled and a moved record are found', async () => {
      const all = lines();
      const swapped = all.map((line, at) => (at === 1 ? all[2] : at === 2 ? all[1] : line) ?? '');
      for (const changed of [
        all.filter((_, at) => at !== 1),
        [...all.slice(0, 2), ...all.slice(1)],
        swapped,
      ]) {
        expect(await verdictOn(textOf(changed))).toMatchObject({ code: 3, ok: false });
      }
    });

    test('truncation is found against the head that the host keeps', async () => {
      expect(await verdictOn(textOf(lines().slice(0, -1)))).toMatchObject({ code: 3, ok: false });
      expect(await verdictOn('')).toMatchObject({ code: 3, ok: false });
    });
  });
});
