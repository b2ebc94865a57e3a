// Alerts as each receiver takes them: what an agent wrote mentions nobody, marks nothing up and opens no link.
import { expect, test } from 'vitest';
import { alertBody } from '../../../../src/sidecar/alerts/templates.js';
import { alertKinds } from '../../../../src/sidecar/settings.js';

const hostile = '<!channel> @everyone ```[x](https://evil.test/?leak) \u001b[2J\u202e & \n second';
const batch = {
  sandbox: 'desk',
  notes: [{ trigger: 'held', account: 'main', message: hostile, atMs: 0 }] as const,
  dropped: 2,
};

test.each(alertKinds)('%s: one line for each note, neutral, with what was dropped', (kind) => {
  const { text } = alertBody(kind, batch, '42');
  expect(text).toContain('main');
  expect(text).not.toMatch(/\u001b|\u202e|:\/\/evil/);
  expect(text).toMatch(/second/);
  expect(text).not.toMatch(/(?<!\\)\\n second/);
});

test('each in its own form', () => {
  const told = (kind: (typeof alertKinds)[number]) => JSON.parse(alertBody(kind, batch, '42').text);
  expect(told('slack')).toMatchObject({ mrkdwn: false, unfurl_links: false, unfurl_media: false });
  expect(told('slack').text).toContain('&lt;!channel&gt;');
  expect(told('telegram')).toMatchObject({ chat_id: '42', link_preview_options: { is_disabled: true } });
  expect(told('discord')).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 });
  expect(told('discord').content.match(/```/g)).toHaveLength(2);
  expect(told('json')).toMatchObject({
    source: 'tradebox',
    sandbox: 'desk',
    alerts: [{ trigger: 'held', account: 'main', at: '1970-01-01T00:00:00.000Z' }],
    dropped: 2,
  });
  expect(alertBody('ntfy', batch).fields).toEqual([['title', 'tradebox desk']]);
  expect(alertBody('ntfy', batch).text).toMatch(/^tradebox desk\nmain: .*\nand 2 more$/);
});

test('many long notes stay below what every receiver takes, and each has its line', () => {
  const notes = Array.from({ length: 20 }, (_, n) => ({
    ...batch.notes[0],
    message: `n${n}. ${'\u202e'.repeat(900)}`,
  }));
  const { text } = alertBody('discord', { ...batch, notes, dropped: 0 });
  expect(JSON.parse(text).content.length).toBeLessThanOrEqual(2_000);
  for (const [n] of notes.entries()) expect(text).toContain(`main: n${n}. `);
});
