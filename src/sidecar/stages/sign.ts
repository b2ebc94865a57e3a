// Stage 8: the request that really leaves, signed with the real key and a fresh stamp, and free of decoys (S5, S8).
import { TradeboxError } from '../../core/errors.js';
import type { HeaderList } from '../../core/http.js';
import type { Environment, SignedRequest, Stamp } from '../../venues/venue.js';
import { writeSignedHead } from '../http1/write.js';
import { type Denial, denial, type Stage } from '../stage.js';
import { decoyIn, misuse } from './decoys.js';

export const sign: Stage = {
  name: 'sign',
  run(exchange, world): Denial | undefined {
    const { venue, request, credential, environment } = exchange;
    if (venue === undefined || request === undefined || environment === undefined) return undefined;
    const nextNonce = () => (credential === undefined ? 0n : world.nextNonce(credential.id));
    const stamp = new FreshStamp(world.clock.nowMs(), environment, nextNonce);
    const rule = `${venue.id}: signing`;
    let signed: SignedRequest;
    try {
      signed = venue.sign(request, credential?.real, stamp);
    } catch (error) {
      // A leaf refuses what it cannot sign; the thrown text may quote the request, so only our own class is passed on (S2).
      const message =
        error instanceof TradeboxError ? error.message : 'the venue leaf refused to sign the request';
      return denial('SIGNING_REFUSED', message, rule, 502);
    }
    if (!isWritable(signed))
      return denial('SIGNING_REFUSED', 'the signed request cannot be written', rule, 502);
    const head = Buffer.from(writeSignedHead(signed, exchange), 'latin1');
    if (decoyIn(head, world, true) !== undefined || decoyIn(signed.body, world) !== undefined)
      return misuse('the request as it would be sent');
    exchange.signed = signed;
    exchange.signedHead = head;
    return undefined;
  },
};

/** Most schemes number nothing: a nonce is drawn when a leaf asks for it, and then it stays. */
class FreshStamp implements Stamp {
  readonly nowMs: number;
  readonly environment: Environment;
  readonly #next: () => bigint;
  #nonce: bigint | undefined;

  constructor(nowMs: number, environment: Environment, next: () => bigint) {
    this.nowMs = nowMs;
    this.environment = environment;
    this.#next = next;
  }

  get nonce(): bigint {
    this.#nonce ??= this.#next();
    return this.#nonce;
  }
}

const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** No field of a leaf may break out of its line. */
function isWritable({ path, query, headers }: { path: string; query: string; headers: HeaderList }): boolean {
  const target = query === '' ? path : `${path}?${query}`;
  return (
    /^\/[\x21-\x7e]*$/.test(target) &&
    headers.every(([name, value]) => fieldName.test(name) && fieldValue.test(value))
  );
}
