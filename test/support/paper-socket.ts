// Hand-made clients of the paper exchange's sockets, without any connection; OKX's signs its own login.
import { createHmac } from 'node:crypto';
import { fixedClock } from '../../src/core/clock.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import type { Venue } from '../../src/venues/venue.js';
import type { paperOkx } from './paper-exchange.js';
import { asReal, makeDecoys } from './venue-requests.js';

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

/** An exchange with one account of the venue, and sockets of its hosts; messages are objects. */
export function paperSockets(venue: Venue) {
  const secrets = makeDecoys(venue);
  const clock = fixedClock(Date.UTC(2026, 0, 5, 12));
  const exchange = createPaperExchange({
    seed: 'sockets',
    credentials: [{ venue: venue.id, id: 'paper', secrets: asReal(secrets) }],
    clock,
  });
  return {
    secrets,
    clock,
    exchange,
    open(host: string, path: string, query = '') {
      const socket = exchange.openSocket({ host, path, query });
      if (socket === undefined) throw new Error(`no socket at ${host}${path}`);
      return {
        say: (message: object | string) =>
          socket
            .hear(typeof message === 'string' ? message : JSON.stringify(message))
            .map((text) => JSON.parse(text)),
        tell: () => socket.tell().map((text) => JSON.parse(text)),
      };
    },
  };
}
