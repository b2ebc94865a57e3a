// Faults on purpose: what a venue may do wrong with a request or a socket message, for those that a rule names. The operator's file
// turns them on (`tradebox run --paper --faults`); nothing that an agent can send does (S9).
import { decimal } from '../core/decimal.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../core/http.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictJson } from '../venues/json-strict.js';
import type { SocketPlace } from './dialect.js';
import type { Disorder } from './engine/engine.js';
import type { OpenPaperSocket, PaperExchange } from './exchange.js';
import type { FaultRule, InjectedFault } from './fault-rules.js';
import type { Served, ServedAnswer } from './server.js';
import { SocketEnd } from './sockets.js';

const staleMs = 600_000;
const disorders: Partial<Record<InjectedFault, Disorder>> = {
  'stale-prices': { behindMs: staleMs },
  'partial-fill': { takeShare: decimal('0.5') },
};
const page = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';
const tryAgainLater = 1013;

/** A paper exchange behind faults; without a rule that fits it answers as it is. */
export class FaultyExchange implements Served {
  readonly #exchange: PaperExchange;
  readonly #rules: { when: readonly string[]; fault: InjectedFault; left: number }[] = [];
  /** The answer before, by method and path. */
  readonly #before = new Map<string, HttpAnswer>();

  constructor(exchange: PaperExchange, rules: readonly FaultRule[] = []) {
    this.#exchange = exchange;
    for (const rule of rules) this.add(rule);
  }

  add({ when, fault, times = 1 }: { when: readonly string[]; fault: InjectedFault; times?: number }): void {
    this.#rules.push({ when, fault, left: times });
  }

  /** Throws where the connection is to be cut; never resolves where nothing is to be said. */
  handle(request: HttpRequest): ServedAnswer | Promise<ServedAnswer> {
    const { method, host, path, query, body } = request;
    const target = query === '' ? path : `${path}?${query}`;
    return this.answer(request, this.#take(`${method} ${target}\nhost: ${host}\n\n`, body));
  }

  /** As `handle`, with this fault or none. */
  answer(request: HttpRequest, fault: InjectedFault | undefined): ServedAnswer | Promise<ServedAnswer> {
    if (fault === 'cut-before') throw new SocketEnd();
    if (fault === 'silent-before') return silence();
    if (fault === 'limited') return limited;
    const given = this.#exchange.handle(request, fault === undefined ? {} : disorders[fault]);
    const kind = `${request.method} ${request.path}`;
    const before = this.#before.get(kind) ?? given;
    this.#before.set(kind, given);
    return spoilt(fault, given, before);
  }

  openSocket(place: SocketPlace): OpenPaperSocket | undefined {
    const socket = this.#exchange.openSocket(place);
    if (socket === undefined) return undefined;
    const at = `SOCKET ${place.path}\nhost: ${place.host}\n\n`;
    let before: readonly string[] | undefined;
    return {
      frames: socket.frames,
      tell: () => socket.tell(),
      hear: (text) => {
        const fault = this.#take(at, Buffer.from(text));
        const told = spoiltMessages(fault, socket, text, before);
        if (fault === undefined) before = told;
        return told;
      },
    };
  }

  #take(head: string, body: Buffer): InjectedFault | undefined {
    if (this.#rules.every(({ left }) => left === 0)) return undefined;
    const text = `${head}${body.toString('utf8')}`;
    const found = this.#rules.find(({ when, left }) => left > 0 && when.every((part) => text.includes(part)));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  }
}

function spoilt(
  fault: InjectedFault | undefined,
  given: HttpAnswer,
  before: HttpAnswer,
): ServedAnswer | Promise<ServedAnswer> {
  switch (fault) {
    case 'error-after':
      return jsonAnswer(503, { code: '50001', msg: 'Service temporarily unavailable' });
    case 'cut-after':
      throw new SocketEnd();
    case 'silent-after':
      return silence();
    case 'ack-twice':
      return { ...given, times: 2 };
    case 'ack-of-another':
      return before;
    case 'garbage':
      return { status: 200, headers: [['content-type', 'text/html']], body: Buffer.from(page) };
    case 'fills-out-of-order':
      return { ...given, body: reversed(given.body) };
    default:
      return given;
  }
}

function spoiltMessages(
  fault: InjectedFault | undefined,
  socket: OpenPaperSocket,
  text: string,
  before: readonly string[] | undefined,
): readonly string[] {
  if (fault === 'cut-before') throw new SocketEnd();
  if (fault === 'limited') throw new SocketEnd(tryAgainLater);
  if (fault === 'silent-before') return [];
  const told = socket.hear(text, fault === undefined ? {} : disorders[fault]);
  switch (fault) {
    case 'error-after':
      throw new SocketEnd(tryAgainLater);
    case 'cut-after':
      throw new SocketEnd();
    case 'silent-after':
      return [];
    case 'ack-twice':
      return [...told, ...told];
    case 'ack-of-another':
      return before ?? told;
    case 'garbage':
      return [page];
    case 'fills-out-of-order':
      return [...[...socket.tell()].reverse(), ...told];
    default:
      return told;
  }
}

/** 429 with the minute that it lasts; OKX's words, and every venue's status. */
const limited: HttpAnswer = {
  ...jsonAnswer(429, { code: '50011', msg: 'Too Many Requests', data: [] }),
  headers: [
    ['content-type', 'application/json'],
    ['retry-after', '60'],
  ],
};

const silence = (): Promise<never> => new Promise(() => {});

/** Each list of an answer's JSON turned round; what is no JSON stays. */
function reversed(body: Buffer): Buffer {
  const parsed = parseStrictJson(body);
  return parsed.ok ? Buffer.from(formatStrictJson(turned(parsed.value))) : body;
}

function turned(value: StrictJson): StrictJson {
  if (Array.isArray(value)) return (value as readonly StrictJson[]).toReversed();
  if (!isStrictObject(value)) return value;
  return new Map([...value].map(([name, member]) => [name, turned(member)]));
}
