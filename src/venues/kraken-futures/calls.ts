// A call of the sidecar's own to Kraken Futures: a path of the trading API by its name, of another of its APIs as a whole.
import type { Environment } from '../../core/order.js';
import type { AdminPlace, VenueAnswer } from '../admin.js';
import { formatForm, formType } from '../form-body.js';
import type { StrictObject } from '../json-strict.js';
import { type CallParts, objectOf, ownRequest, textIn } from '../venue-answers.js';
import { api } from './operations.js';

const host: Readonly<Record<Environment, string>> = {
  live: 'futures.kraken.com',
  paper: 'futures.kraken.com',
  demo: 'demo-futures.kraken.com',
};

/** A signed question. */
export function ask({ environment }: AdminPlace, target: string): CallParts {
  const whole = target.startsWith('/') ? target : `${api}/${target}`;
  return { request: ownRequest('GET', host[environment], whole), isPublic: false };
}

/** The same without a key. */
export function open(at: AdminPlace, target: string): CallParts {
  return { ...ask(at, target), isPublic: true };
}

/** Parameters go in a form body. */
export function post(
  { environment }: AdminPlace,
  path: string,
  fields: Readonly<Record<string, string>>,
): CallParts {
  const text = formatForm(new Map(Object.entries(fields)));
  return { request: ownRequest('POST', host[environment], path, { type: formType, text }), isPublic: false };
}

/** The answer of a call that was not refused. */
export function successOf(answer: Pick<VenueAnswer, 'body'>): StrictObject | undefined {
  const told = objectOf(answer);
  return textIn(told, 'result') === 'success' ? told : undefined;
}
