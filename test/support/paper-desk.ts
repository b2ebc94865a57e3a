// A paper box on the plain shell for security tests: what is tried runs inside the real agent container.
import { afterAll, beforeAll } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from './box.js';
import { TestHome } from './home.js';
import { plainShell } from './profiles.js';

export interface Desk {
  home: TestHome;
  box: Box;
  workdir: string;
}

/** Starts one box for the tests of a file and removes it after them. `files` lie in its working directory. */
export function useDesk(
  hint: string,
  files: Record<string, string> = {},
  config?: (home: TestHome) => string,
): Desk {
  const desk = {} as Desk;
  beforeAll(async () => {
    desk.home = new TestHome();
    desk.home.writeProfile('sh', plainShell);
    if (config !== undefined) desk.home.writeConfig(config(desk.home));
    desk.workdir = desk.home.workdir(files);
    desk.box = await startBox(desk.home, {
      profile: 'sh',
      workdir: desk.workdir,
      hint,
      args: ['-c', 'sleep 3600'],
    });
  }, imageBuildTimeoutMs);
  afterAll(() => desk.home?.dispose());
  return desk;
}

/** Runs a Node program in the box and parses the JSON it prints. */
export async function runNode<T>(desk: Desk, program: string, ...args: string[]): Promise<T> {
  const result = await desk.box.exec(['node', '-e', program, ...args]);
  if (result.code !== 0) throw new Error(`exit ${result.code}: ${result.stderr.slice(-2000)}`);
  return JSON.parse(result.stdout) as T;
}

/** A signed OKX request as any client makes it with what its environment holds; prints status and body. */
export const signedOkx = `
const crypto = require('node:crypto');
const [method, target, body = '', mangle = ''] = process.argv.slice(1);
const at = new Date().toISOString();
let sign = crypto.createHmac('sha256', process.env.OKX_SECRET_KEY).update(at + method + target + body).digest('base64');
if (mangle === 'forge') sign = crypto.randomBytes(32).toString('base64');
fetch('https://www.okx.com' + target, { method, body: body || undefined, headers: { 'content-type': 'application/json',
  'ok-access-key': process.env.OKX_API_KEY, 'ok-access-sign': sign, 'ok-access-timestamp': at, 'ok-access-passphrase': process.env.OKX_PASSPHRASE } })
  .then(async (answer) => console.log(JSON.stringify({ status: answer.status, body: await answer.text() })))
  .catch((error) => console.log(JSON.stringify({ status: 0, body: String(error.cause ?? error) })));
`;

export interface Answer {
  status: number;
  body: string;
}

export const okxCall = (desk: Desk, method: string, target: string, body = '', mangle = '') =>
  runNode<Answer>(desk, signedOkx, method, target, body, mangle);
