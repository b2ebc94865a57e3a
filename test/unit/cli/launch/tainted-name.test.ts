// What is asked at a terminal where a tainted name is run again. The command itself: test/integration/cli/launch/reload.test.ts.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import type { Resting } from '../../../../src/cli/launch/leave.js';
import { resetTainted } from '../../../../src/cli/launch/tainted-name.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { TradeboxError } from '../../../../src/core/errors.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { removeRecord, writeRecord } from '../../../../src/sandbox/records.js';
import { boxRecord } from '../../../support/box-record.js';
import { temporaryDir } from '../../../support/host-files.js';

const refused = new TradeboxError('BOX_TAINTED', 'the box lab is tainted', { remedy: 'Look.' });

async function journalTaint(stateDir: string, sandboxId: string, pieces: number) {
  const clock = fixedClock(Date.UTC(2026, 10, 21));
  const journal = openJournal(boxPaths(stateDir, 'lab').journal, { sandbox: 'lab', sandboxId, clock });
  for (let index = 1; index <= pieces; index += 1)
    journal.append({ type: 'taint', cause: 'decoy-misuse', message: `a\npiece ${index}` });
  await journal.close();
}

/** A person that answers so, or nobody, before a box with so many pieces of evidence. */
async function ground(
  pieces: number,
  answer?: boolean,
  {
    resting = (): readonly Resting[] | undefined => [],
    meanwhile = async (_stateDir: string): Promise<void> => {},
  } = {},
) {
  const stateDir = join(temporaryDir(), 'state');
  writeRecord(stateDir, boxRecord({ id: 'a' }));
  const dir = boxPaths(stateDir, 'lab').journal;
  if (pieces > 0) {
    await journalTaint(stateDir, 'a', pieces);
  } else writeFileSync(dir, 'a file');
  const happened: string[] = [];
  const context = {
    paths: { stateDir },
    output: { warn: (text: string) => happened.push(text) },
    prompt: {
      isInteractive: answer !== undefined,
      confirm: async (question: string, otherwise: boolean) => {
        happened.push(`${question} ${otherwise}`);
        await meanwhile(stateDir);
        return answer === true;
      },
    },
  } as unknown as Parameters<typeof resetTainted>[0];
  const reset = () =>
    resetTainted(context, 'lab', refused, {
      resting: async () => resting(),
      reset: async () => {
        happened.push('reset');
        return existsSync(boxPaths(stateDir, 'lab').lock);
      },
    });
  return { reset, happened };
}
const question = 'Reset lab: discard it and start a clean box? false';

test('whoever says yes has seen the evidence, and the box is reset, its name held', async () => {
  const { reset, happened } = await ground(2, true);
  expect(await reset()).toBe(true);
  expect(happened).toEqual([
    [
      'the box lab is tainted',
      '  2026-11-21T00:00:00.000Z decoy-misuse: a\\u{a}piece 1',
      '  2026-11-21T00:00:00.000Z decoy-misuse: a\\u{a}piece 2',
    ].join('\n'),
    question,
    'reset',
  ]);
});

test('with a no, and where there is nobody to ask, it is refused and nothing is reset', async () => {
  const no = await ground(1, false);
  await expect(no.reset()).rejects.toBe(refused);
  expect(no.happened.slice(1)).toEqual([question]);
  const nobody = await ground(1);
  await expect(nobody.reset()).rejects.toBe(refused);
  expect(nobody.happened).toEqual([]);
});

test('of much evidence the newest is shown; of a journal that cannot be read, that', async () => {
  const many = await ground(13, true);
  await many.reset();
  const lines = many.happened[0]?.split('\n') ?? [];
  expect(lines).toHaveLength(12);
  expect([lines[1], lines[10]]).toEqual([
    expect.stringMatching(/piece 4$/),
    expect.stringMatching(/piece 13$/),
  ]);
  expect(lines[11]).toBe('  and 3 more: tradebox audit show lab --type taint');
  const broken = await ground(0, true);
  await broken.reset();
  expect(broken.happened[0]).toBe('the box lab is tainted\n  the journal cannot be read');
});

test.each<[string, readonly Resting[] | undefined]>([
  ['2 orders of okx-main', [{ account: 'okx-main', orders: 2 }]],
  ['orders', undefined],
])('that %s may still rest is said before the question', async (what, resting) => {
  const { reset, happened } = await ground(1, true, { resting: () => resting });
  await reset();
  expect(happened.slice(1)).toEqual([expect.stringContaining(`${what} may still rest`), question, 'reset']);
});

test.each<[string, (stateDir: string) => Promise<void>]>([
  ['made anew', async (stateDir) => writeRecord(stateDir, boxRecord({ id: 'b' }))],
  [
    'made anew and tainted again',
    async (stateDir) => {
      writeRecord(stateDir, boxRecord({ id: 'b' }));
      await journalTaint(stateDir, 'b', 1);
    },
  ],
  ['removed', async (stateDir) => removeRecord(stateDir, 'lab')],
  ['found clean', async (stateDir) => rmSync(boxPaths(stateDir, 'lab').journal, { recursive: true })],
])(
  'a yes is for the box that was asked about: one that was %s meanwhile is not ended',
  async (_, meanwhile) => {
    const { reset, happened } = await ground(1, true, { meanwhile });
    await expect(reset()).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining('by another tradebox while you were asked; nothing was ended'),
    });
    expect(happened.slice(1)).toEqual([question]);
  },
);

test('while another tradebox is at work on the box a yes ends nothing', async () => {
  const { reset, happened } = await ground(1, true, {
    meanwhile: async (stateDir) => writeFileSync(boxPaths(stateDir, 'lab').lock, `${process.pid}\n`),
  });
  await expect(reset()).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('busy'),
  });
  expect(happened.slice(1)).toEqual([question]);
});
