// Where alerts go: an https URL of a public name. It is a secret as a whole: who has it can write to the channel.

export interface AlertPlace {
  host: string;
  port: number;
  /** Path and query, as a request line takes them. */
  target: string;
  /** Telegram's chat, from the query; it goes into the body instead. */
  chat: string | undefined;
}

export type AlertUrl = { ok: true; place: AlertPlace } | { ok: false; problem: string };

const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The problem never quotes the text (S2). */
export function parseAlertUrl(kind: string, text: string): AlertUrl {
  const problem = (words: string): AlertUrl => ({ ok: false, problem: words });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return problem('is no URL');
  }
  if (url.protocol !== 'https:') return problem('is no https:// URL');
  if (url.username !== '' || url.password !== '') return problem('holds a user name or a password');
  if (!hostName.test(url.hostname)) return problem('names no host with a public name');
  if (!/^[\x21-\x7e]*$/.test(url.pathname + url.search))
    return problem('holds a character no request can carry');
  const chat = kind === 'telegram' ? url.searchParams.get('chat_id') : undefined;
  if (chat === null || chat === '') return problem('names no chat: it ends in /sendMessage?chat_id=…');
  if (chat !== undefined) url.searchParams.delete('chat_id');
  const place = {
    host: url.hostname,
    port: Number(url.port || 443),
    target: url.pathname + url.search,
    chat,
  };
  return { ok: true, place };
}
