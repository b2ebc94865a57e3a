// Seen with real software 3: ccxt (no proxy setting), okx-api (axios), curl and Python requests, unmodified, each make a signed read.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { describe as shown, TestHome } from '../support/home.js';
import { skipReason } from '../support/requirements.js';

/** What a strategy author would install; the decoys are in the environment, as with any OKX SDK. */
const profile = `name: clients
description: the venue clients that tests run unmodified
image:
  apt: [curl, openssl, python3, python3-requests]
  npm: [ccxt@4.5.84, okx-api@3.2.3]
command: [sleep, infinity]
tty: false
accounts: [okx]
`;

const ccxtScript = `
const ccxt = require('ccxt');
(async () => {
  const { OKX_API_KEY: apiKey, OKX_SECRET_KEY: secret, OKX_PASSPHRASE: password } = process.env;
  const okx = new ccxt.okx({ apiKey, secret, password });
  const balance = await okx.fetchBalance();
  console.log(JSON.stringify({ version: ccxt.version, usdt: balance.USDT.total }));
})().catch((error) => { console.error(error); process.exit(1); });
`;

const ccxtTransfer = `
const ccxt = require('ccxt');
(async () => {
  const { OKX_API_KEY: apiKey, OKX_SECRET_KEY: secret, OKX_PASSPHRASE: password } = process.env;
  const okx = new ccxt.okx({ apiKey, secret, password });
  try {
    await okx.privatePostAssetTransfer({ ccy: 'USDT', amt: '1', from: '18', to: '6' });
    console.log(JSON.stringify({ raised: null }));
  } catch (error) {
    console.log(JSON.stringify({ raised: error.constructor.name, isRetryable: error instanceof ccxt.NetworkError }));
  }
})();
`;

const okxApiScript = `
const { RestClient } = require('okx-api');
(async () => {
  const { OKX_API_KEY: apiKey, OKX_SECRET_KEY: apiSecret, OKX_PASSPHRASE: apiPass } = process.env;
  const balance = await new RestClient({ apiKey, apiSecret, apiPass }).getBalance();
  console.log(JSON.stringify({ usdt: balance[0].details.find(({ ccy }) => ccy === 'USDT').cashBal }));
})().catch((error) => { console.error(error); process.exit(1); });
`;

const curlScript = `set -eu
ts=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
target=/api/v5/account/balance?ccy=USDT
sign=$(printf %s "\${ts}GET\${target}" | openssl dgst -sha256 -hmac "$OKX_SECRET_KEY" -binary | base64)
curl -sS --fail-with-body "https://www.okx.com$target" \\
  -H "OK-ACCESS-KEY: $OKX_API_KEY" -H "OK-ACCESS-SIGN: $sign" \\
  -H "OK-ACCESS-TIMESTAMP: $ts" -H "OK-ACCESS-PASSPHRASE: $OKX_PASSPHRASE"
`;

const pythonScript = `
import base64, datetime, hashlib, hmac, json, os, requests
target = '/api/v5/account/balance?ccy=USDT'
ts = datetime.datetime.utcnow().isoformat(timespec='milliseconds') + 'Z'
digest = hmac.new(os.environ['OKX_SECRET_KEY'].encode(), (ts + 'GET' + target).encode(), hashlib.sha256).digest()
answer = requests.get('https://www.okx.com' + target, timeout=20, headers={
    'OK-ACCESS-KEY': os.environ['OKX_API_KEY'], 'OK-ACCESS-SIGN': base64.b64encode(digest).decode(),
    'OK-ACCESS-TIMESTAMP': ts, 'OK-ACCESS-PASSPHRASE': os.environ['OKX_PASSPHRASE']})
answer.raise_for_status()
print(json.dumps(answer.json()))
`;

describe.skipIf(skipReason('docker', 'registry'))('venue clients in a paper box', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('clients', profile);
    const workdir = home.workdir({
      'ccxt.cjs': ccxtScript,
      'ccxt-transfer.cjs': ccxtTransfer,
      'okx-api.cjs': okxApiScript,
      'curl.sh': curlScript,
      'signed_read.py': pythonScript,
    });
    box = await startBox(home, { profile: 'clients', workdir, hint: 'clients' });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test('ccxt without any proxy setting', async () => {
    // Globally installed packages are found as in any container of the user's own.
    const answer = await json('NODE_PATH=$(npm root -g) node /workspace/ccxt.cjs');
    expect(answer.version).toBe('4.5.84');
    expect(answer.usdt).toBeGreaterThan(0);
  });

  test('ccxt raises on a refused transfer, and not as a retryable network error', async () => {
    const answer = await json('NODE_PATH=$(npm root -g) node /workspace/ccxt-transfer.cjs');
    expect(answer).toEqual({ raised: expect.any(String), isRetryable: false });
  });

  test('okx-api, an axios SDK', async () => {
    const answer = await json('NODE_PATH=$(npm root -g) node /workspace/okx-api.cjs');
    expect(Number(answer.usdt)).toBeGreaterThan(0);
  });

  test('curl with an openssl signature, by name and by CONNECT', async () => {
    for (const prefix of ['', 'env -u HTTPS_PROXY -u https_proxy -u ALL_PROXY -u all_proxy ']) {
      const answer = await json(`${prefix}sh /workspace/curl.sh`);
      expect(answer).toMatchObject({ code: '0', data: [{ details: [{ ccy: 'USDT' }] }] });
    }
  });

  test('Python requests', async () => {
    const answer = await json('python3 /workspace/signed_read.py');
    expect(answer).toMatchObject({ code: '0', data: [{ details: [{ ccy: 'USDT' }] }] });
  });

  test('a signature that was not made with the decoy is refused and journaled', async () => {
    const result = await box.sh('OKX_SECRET_KEY=0123456789ABCDEF0123456789ABCDEF sh /workspace/curl.sh');
    expect(result.code, shown(result)).not.toBe(0);
    const denied = (await box.journal()).filter(({ event }) => event.code === 'SIGNATURE_FORGED');
    expect(denied).toHaveLength(1);
  });

  async function json(line: string) {
    const result = await box.sh(line);
    expect(result.code, shown(result)).toBe(0);
    return JSON.parse(result.stdout);
  }
});
