// An Alpaca account on paper, asked by bare requests with its key pair.
import type { VenueCall } from '../../src/venues/admin.js';
import { alpaca } from '../../src/venues/alpaca/alpaca.js';
import { paperVenue } from './paper-venue.js';
import { asReal, requestOf, stampAt } from './venue-requests.js';

export const alpacaHost = 'paper-api.alpaca.markets';

export function alpacaDesk() {
  const paper = paperVenue(alpaca);
  const { keyId = '', secretKey = '' } = paper.secrets;
  const call = <Body = Record<string, string>>(
    method: string,
    path: string,
    body?: object,
    secret = secretKey,
  ): { status: number; body: Body } => {
    const answer = paper.handle(
      requestOf(
        method,
        `https://${alpacaHost}${path}`,
        [
          ['APCA-API-KEY-ID', keyId],
          ['APCA-API-SECRET-KEY', secret],
        ],
        body === undefined ? '' : JSON.stringify(body),
      ),
    );
    const text = answer.body.toString();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
  };
  /** As the sidecar asks. */
  const ask = <T>({ request, isPublic, read }: VenueCall<T>): T | undefined => {
    const stamp = stampAt(Date.now(), 'paper');
    const signed = alpaca.sign(request, isPublic ? undefined : asReal(paper.secrets), stamp);
    return read(paper.handle({ ...request, ...signed }));
  };
  return { ...paper, call, ask };
}
