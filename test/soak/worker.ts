// The traffic of one box in a soak. Its text runs inside the agent container: nothing in it may refer to anything outside it.

export interface WorkerReport {
  requests: number;
  /** Outcomes by kind, e.g. `/ok 200`. */
  outcomes: Record<string, number>;
  /** What must never happen, as it was seen. */
  broken: string[];
}

export async function work(
  tools: { require: NodeJS.Require },
  options: { seconds: number; workers: number; hosts: { api: string; liar: string } },
): Promise<WorkerReport> {
  const crypto = tools.require('node:crypto') as typeof import('node:crypto');
  const dns = tools.require('node:dns') as typeof import('node:dns');
  const { api, liar } = options.hosts;
  const key = process.env.SOAK_KEY ?? '';
  const report: WorkerReport = { requests: 0, outcomes: {}, broken: [] };
  const end = Date.now() + options.seconds * 1000;
  const note = (kind: string) => {
    report.requests += 1;
    report.outcomes[kind] = (report.outcomes[kind] ?? 0) + 1;
  };
  const breaks = (text: string) => {
    if (report.broken.length < 50) report.broken.push(text);
  };
  const ask = async (url: string, init: RequestInit, ms = 4000): Promise<number> => {
    try {
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ms) });
      const text = await answer.text();
      if (text.includes('sk-real-')) breaks(`${url}: the real key came back`);
      return answer.status;
    } catch {
      return 0;
    }
  };
  const own = { authorization: `Bearer ${key}` };
  const signed = async (method: string, target: string, body = '') => {
    const at = new Date().toISOString();
    const { OKX_SECRET_KEY = '', OKX_API_KEY = '', OKX_PASSPHRASE = '' } = process.env;
    const sign = crypto
      .createHmac('sha256', OKX_SECRET_KEY)
      .update(at + method + target + body)
      .digest('base64');
    const headers = {
      'content-type': 'application/json',
      'ok-access-key': OKX_API_KEY,
      'ok-access-sign': sign,
      'ok-access-timestamp': at,
      'ok-access-passphrase': OKX_PASSPHRASE,
    };
    return ask(`https://www.okx.com${target}`, { method, headers, ...(body === '' ? {} : { body }) });
  };
  const paths = ['/ok', '/ok', '/ok', '/ok', '/big', '/stream', '/reset', '/gone', '/malformed'];
  const slow = ['/half', '/stall'];
  const turn = async (): Promise<void> => {
    const chance = Math.random();
    if (chance < 0.6) {
      const path = paths[Math.floor(Math.random() * paths.length)] ?? '/ok';
      const isPost = Math.random() < 0.3;
      const init = isPost
        ? { method: 'POST', headers: own, body: 'x'.repeat(Math.floor(Math.random() * 100_000)) }
        : { headers: own };
      // A machine at its limits answers late; what is lost stays lost.
      const status = await ask(`https://${api}${path}`, init, path === '/ok' ? 20_000 : 4000);
      note(`${path} ${status}`);
      if (path === '/ok' && status !== 200 && Date.now() < end - 5000) note('/ok failed');
    } else if (chance < 0.63) {
      const path = slow[Math.floor(Math.random() * slow.length)] ?? '/stall';
      note(`${path} ${await ask(`https://${api}${path}`, { headers: own }, 1000)}`);
    } else if (chance < 0.73) {
      const status = await ask('https://evil.soak.test/', {});
      note(`denied ${status}`);
      if (status === 200) breaks('an unlisted host answered');
    } else if (chance < 0.78) {
      const status = await ask(`https://${liar}/`, {});
      note(`liar ${status}`);
      if (status === 200) breaks('a private address was dialled');
    } else if (chance < 0.83) {
      const status = await ask(`https://${api}/ok`, { headers: { ...own, 'x-note': key } });
      note(`misplaced ${status}`);
      if (status === 200) breaks('a misplaced decoy passed');
    } else if (chance < 0.88) {
      const found = await dns.promises
        .resolve4(`n${Math.floor(Math.random() * 1e6)}.soak.test`)
        .catch(() => []);
      note(`name ${found.length}`);
      if (found.length > 0) breaks('an unlisted name was resolved');
    } else if (chance < 0.96) note(`read ${await signed('GET', '/api/v5/account/balance')}`);
    else {
      const status = await signed('POST', '/api/v5/asset/withdrawal', '{"ccy":"BTC","amt":"1"}');
      note(`withdrawal ${status}`);
      if (status === 200) breaks('a withdrawal was answered');
    }
  };
  const worker = async () => {
    while (Date.now() < end) {
      await turn();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    }
  };
  await Promise.all(Array.from({ length: options.workers }, worker));
  return report;
}
