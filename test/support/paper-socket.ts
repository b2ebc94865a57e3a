// A hand-made client of the paper exchange's OKX sockets, without any connection: signs its own login.
import { createHmac } from 'node:crypto';
import type { paperOkx } from './paper-exchange.js';

type Paper = ReturnType<typeof paperOkx>;

/** A socket of the path; `say` and `tell` give messages as objects. */
export function openOkxSocket(paper: Paper, path = '/ws/v5/private') {
  const socket = paper.exchange.openSocket({ host: 'wspap.okx.com', path, query: '' });
  if (socket === undefined) throw new Error(`no socket at ${path}`);
  const say = (message: object) => socket.hear(JSON.stringify(message)).map((text) => JSON.parse(text));
  return {
    socket,
    say,
    subscribe: (...args: object[]) => say({ op: 'subscribe', args }),
    tell: () => socket.tell().map((text) => JSON.parse(text)),
    login: (change: Record<string, string> = {}) => {
      const { apiKey, passphrase, secretKey = '' } = paper.secrets;
      const timestamp = change.timestamp ?? String(paper.clock.nowMs() / 1000);
      const sign = createHmac('sha256', secretKey)
        .update(`${timestamp}GET/users/self/verify`)
        .digest('base64');
      return say({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign, ...change }] })[0];
    },
  };
}
