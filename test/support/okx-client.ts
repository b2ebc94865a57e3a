// An OKX client's signed requests as bytes, made with any credential: for tests that speak to the sidecar raw.
import { createHmac } from 'node:crypto';

export const okxHost = 'www.okx.com';

/** A request as the okx CLI sends it: scheme of OKX v5, "Making Requests". */
export function okxRequest(
  method: string,
  target: string,
  body: string,
  credential: Readonly<Record<string, string>>,
  fields = '',
): string {
  const timestamp = new Date().toISOString();
  const sign = createHmac('sha256', credential.secretKey ?? '')
    .update(timestamp + method + target + body)
    .digest('base64');
  const length =
    body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return (
    `${method} ${target} HTTP/1.1\r\nHost: ${okxHost}\r\n` +
    `OK-ACCESS-KEY: ${credential.apiKey}\r\nOK-ACCESS-SIGN: ${sign}\r\nOK-ACCESS-TIMESTAMP: ${timestamp}\r\n` +
    `OK-ACCESS-PASSPHRASE: ${credential.passphrase}\r\n${fields}${length}\r\n${body}`
  );
}
