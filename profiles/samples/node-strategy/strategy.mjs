// A small trading strategy for `tradebox run node-strategy`: looks at the market, decides, places one order, writes report.md.
// It signs with the key it finds in its environment. In the box that is a decoy: the sidecar checks it and signs anew.
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const host = 'https://www.okx.com';
const instrument = 'BTC-USDT';
/** Quote currency to spend, an exact decimal: it never becomes a floating-point number. */
const orderSize = '25';
const { OKX_API_KEY: apiKey, OKX_SECRET_KEY: secretKey, OKX_PASSPHRASE: passphrase } = process.env;

if (!apiKey || !secretKey || !passphrase) {
  console.error(
    'OKX_API_KEY, OKX_SECRET_KEY and OKX_PASSPHRASE are needed: attach an account, or run with --paper',
  );
  process.exit(2);
}

/** Headers of OKX v5: base64(HMAC-SHA256(secret, timestamp + method + path + body)). */
function signedHeaders(method, path, body) {
  const timestamp = new Date().toISOString();
  const signature = createHmac('sha256', secretKey)
    .update(timestamp + method + path + body)
    .digest('base64');
  return {
    'OK-ACCESS-KEY': apiKey,
    'OK-ACCESS-SIGN': signature,
    'OK-ACCESS-TIMESTAMP': timestamp,
    'OK-ACCESS-PASSPHRASE': passphrase,
    'x-simulated-trading': '1',
  };
}

/** Data of an answer; throws with OKX's own message when it is a refusal. */
async function ask(method, path, { signed = false, order } = {}) {
  const body = order === undefined ? '' : JSON.stringify(order);
  const answer = await fetch(host + path, {
    method,
    headers: {
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...(signed ? signedHeaders(method, path, body) : {}),
    },
    ...(body === '' ? {} : { body }),
    signal: AbortSignal.timeout(30_000),
  });
  const { code, msg, data } = await answer.json();
  if (!answer.ok || code !== '0') {
    throw new Error(`${method} ${path.split('?')[0]}: ${data?.[0]?.sMsg || msg || `HTTP ${answer.status}`}`);
  }
  return data;
}

const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

// Research.
const [ticker] = await ask('GET', `/api/v5/market/ticker?instId=${instrument}`);
const candles = await ask('GET', `/api/v5/market/candles?instId=${instrument}&bar=1H&limit=48`);
// Newest first; the close is the fifth member. A trend may be a float, an order may not.
const closes = candles.map((candle) => Number(candle[4]));
const short = mean(closes.slice(0, 12));
const long = mean(closes);
const balances = async () => {
  const [account] = await ask('GET', '/api/v5/account/balance?ccy=BTC,USDT', { signed: true });
  return account.details.map(({ ccy, availBal }) => `${availBal} ${ccy}`).join(', ');
};
const before = await balances();

// Decision: with the trend.
const side = short >= long ? 'buy' : 'sell';
console.log(
  `${instrument} at ${ticker.last}, 12 h mean ${short.toFixed(1)}, 48 h mean ${long.toFixed(1)}: ${side}`,
);

// One order. The client order id makes a repetition recognizable.
let outcome;
try {
  const order = {
    instId: instrument,
    tdMode: 'cash',
    side,
    ordType: 'market',
    sz: orderSize,
    tgtCcy: 'quote_ccy',
    clOrdId: `tb${randomBytes(8).toString('hex')}`,
  };
  const [placed] = await ask('POST', '/api/v5/trade/order', { signed: true, order });
  const [filled] = await ask('GET', `/api/v5/trade/order?instId=${instrument}&ordId=${placed.ordId}`, {
    signed: true,
  });
  outcome = `order ${placed.ordId}: ${filled.state}, ${filled.accFillSz} ${instrument} at ${filled.avgPx}`;
} catch (error) {
  outcome = `not placed: ${error.message}`;
  process.exitCode = 1;
}
console.log(outcome);

writeFileSync(
  new URL('report.md', import.meta.url),
  `# ${instrument}, ${new Date().toISOString()}

| | |
|---|---|
| last price | ${ticker.last} |
| mean of 12 h | ${short.toFixed(1)} |
| mean of 48 h | ${long.toFixed(1)} |
| decision | ${side} for ${orderSize} USDT |
| outcome | ${outcome} |
| balances before | ${before} |
| balances after | ${await balances()} |
`,
);
console.log('wrote report.md');
