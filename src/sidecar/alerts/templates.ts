// An alert in the form that each kind of receiver takes. Pure. What an agent may have written is neutral, carries no markup, and no
// receiver follows a link in it.
import { neutralText } from '../../orders/agent-text.js';
import type { AlertKind } from '../settings.js';
import type { AlertNote } from './triggers.js';

export interface AlertBody {
  contentType: string;
  text: string;
  /** Fields besides the body's own. */
  fields: readonly (readonly [string, string])[];
}

export interface Batch {
  sandbox: string;
  notes: readonly AlertNote[];
  /** Notes that did not fit any more. */
  dropped: number;
}

/** Longest message of one note; Discord takes 2,000 characters in all, Telegram 4,096. */
const maxNote = 300;
const maxText = 1_800;

/** Sources: Slack "Sending messages using incoming webhooks", Telegram Bot API sendMessage, Discord "Execute Webhook", ntfy "Publishing". */
export function alertBody(kind: AlertKind, batch: Batch, chat?: string): AlertBody {
  const text = plainText(batch);
  const json = (value: unknown): AlertBody => ({
    contentType: 'application/json',
    text: JSON.stringify(value),
    fields: [],
  });
  switch (kind) {
    case 'slack':
      return json({ text: forSlack(text), mrkdwn: false, unfurl_links: false, unfurl_media: false });
    case 'telegram':
      return json({ chat_id: chat, text, link_preview_options: { is_disabled: true } });
    case 'discord':
      // A code block shows text as it is; flag 4 suppresses embeds.
      return json({
        content: `\`\`\`\n${text.replaceAll('`', "'")}\n\`\`\``,
        allowed_mentions: { parse: [] },
        flags: 4,
      });
    case 'ntfy':
      return {
        contentType: 'text/plain; charset=utf-8',
        text,
        fields: [['title', `tradebox ${neutral(batch.sandbox)}`]],
      };
    case 'json':
      return json({
        source: 'tradebox',
        sandbox: batch.sandbox,
        alerts: batch.notes.map(({ trigger, account, message, atMs }) => ({
          trigger,
          ...(account === undefined ? {} : { account }),
          message: neutral(message),
          at: new Date(atMs).toISOString(),
        })),
        dropped: batch.dropped,
      });
  }
}

/** Each note has its line, the shorter the more there are: a long one pushes no other out. */
function plainText({ sandbox, notes, dropped }: Batch): string {
  const longest = Math.min(maxNote, Math.floor(maxText / Math.max(1, notes.length)));
  const lines = notes.map(({ account, message }) => {
    const line = neutral(`${account === undefined ? '' : `${account}: `}${message}`);
    return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
  });
  if (dropped > 0) lines.push(`and ${dropped} more`);
  return [`tradebox ${neutral(sandbox)}`, ...lines].join('\n');
}

/** No address in it can be followed. */
function neutral(text: string): string {
  return neutralText(text, maxNote).replaceAll('://', ': //');
}

function forSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
