// Checks a request the way OKX does: the real key, its signature over the received bytes, the clock, the environment.
// Independent of venues/okx/signature.ts on purpose: one would hide the other's mistake.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type HttpRequest, headerOf } from '../../core/http.js';
import type { PaperCredential } from '../dialect.js';
import { OkxError } from './answers.js';

/** OKX: requests older or newer than 30 seconds are refused. */
const windowMs = 30_000;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

/** The account that the request is signed for. Throws OkxError 401 with OKX's code. */
export function authenticate(
  request: HttpRequest,
  credentials: readonly PaperCredential[],
  nowMs: number,
): PaperCredential {
  const key = required(request, 'OK-ACCESS-KEY', '50103');
  const passphrase = required(request, 'OK-ACCESS-PASSPHRASE', '50104');
  const sign = required(request, 'OK-ACCESS-SIGN', '50106');
  const timestamp = required(request, 'OK-ACCESS-TIMESTAMP', '50107');
  checkTime(timestamp, nowMs);
  if (!uuid.test(key)) throw denied('50111', 'Invalid OK-ACCESS-KEY');
  const credential = credentials.find(({ secrets }) => isSame(secrets.apiKey?.reveal() ?? '', key));
  if (credential === undefined) throw denied('50119', "API key doesn't exist");
  // A paper key is a demo key: without the header the request means the live exchange.
  if (headerOf(request.headers, 'x-simulated-trading') !== '1') {
    throw denied('50101', 'APIKey does not match current environment.');
  }
  const { secretKey, passphrase: known } = credential.secrets;
  if (known === undefined || !isSame(known.reveal(), passphrase)) {
    throw denied('50105', 'Request header OK-ACCESS-PASSPHRASE incorrect.');
  }
  if (secretKey === undefined || !isSame(expected(secretKey.reveal(), timestamp, request), sign)) {
    throw denied('50113', 'Invalid Sign');
  }
  return credential;
}

function expected(secret: string, timestamp: string, request: HttpRequest): string {
  const { method, path, query, body } = request;
  const prehash = Buffer.concat([Buffer.from(timestamp + method + path + (query && `?${query}`)), body]);
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(prehash).digest('base64');
}

function checkTime(timestamp: string, nowMs: number): void {
  const sentMs = isoTime.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(sentMs)) throw denied('50112', 'Invalid OK-ACCESS-TIMESTAMP');
  if (Math.abs(nowMs - sentMs) > windowMs) throw denied('50102', 'Timestamp request expired');
}

function required(request: HttpRequest, header: string, code: string): string {
  const value = headerOf(request.headers, header);
  if (value === undefined || value === '') throw denied(code, `Request header ${header} can not be empty.`);
  return value;
}

function denied(code: string, message: string): OkxError {
  return new OkxError(code, message, 401);
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
