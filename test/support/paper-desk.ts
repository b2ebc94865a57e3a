// A paper box on the plain shell for security tests: what is tried runs inside the real agent container.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IsolationId } from '../../src/core/isolation.js';
import { type Box, imageBuildTimeoutMs, startBox } from './box.js';
import { inspectBox } from './docker.js';
import { TestHome } from './home.js';
import { plainShell } from './profiles.js';
import { suiteLevel } from './requirements.js';

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
  isolation: IsolationId = suiteLevel(),
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
      options: ['--paper', '--mode', 'demo', '--isolation', isolation],
      args: ['-c', 'sleep 3600'],
    });
    // What is tried in a weaker box than the one asked for says nothing of that one.
    expect(inspectBox(desk.box.name).agent.Config.Labels['tradebox.isolation']).toBe(isolation);
  }, imageBuildTimeoutMs);
  afterAll(() => desk.home?.dispose());
  return desk;
}

/**
 * Declares a test of what no level of isolation changes, such as a command that is refused before there is a box: made once, at
 * `container`.
 */
export const testOnce: (name: string, run: () => unknown) => void =
  suiteLevel() === 'container' ? test : () => {};

/** Runs lines of shell in the box, side by side in one `exec`; exit code and output of each, in order. */
export async function runLines(
  desk: Desk,
  lines: readonly string[],
): Promise<{ code: number; stdout: string }[]> {
  const program = `
const { execFile } = require('node:child_process');
const run = (line) => new Promise((resolve) =>
  execFile('sh', ['-c', line], { maxBuffer: 1e8 }, (error, stdout) => resolve({ code: error === null ? 0 : error.code ?? -1, stdout })));
Promise.all(JSON.parse(process.argv[1]).map(run)).then((all) => console.log(JSON.stringify(all)));`;
  return runNode(desk, program, JSON.stringify(lines));
}

/** Runs a Node program in the box and parses the JSON it prints. */
export async function runNode<T>(desk: Desk, program: string, ...args: string[]): Promise<T> {
  const result = await desk.box.exec(['node', '-e', program, ...args]);
  if (result.code !== 0) throw new Error(`exit ${result.code}: ${result.stderr.slice(-2000)}`);
  return JSON.parse(result.stdout) as T;
}

/** Signed OKX requests as any client makes them with what its environment holds; prints status and body of each, in order. */
const signedOkx = `
const crypto = require('node:crypto');
const call = async ({ method, target, body = '', forged, host = 'www.okx.com' }) => {
  const at = new Date().toISOString();
  const hmac = crypto.createHmac('sha256', process.env.OKX_SECRET_KEY).update(at + method + target + body).digest('base64');
  const sign = forged ? crypto.randomBytes(32).toString('base64') : hmac;
  const headers = { 'content-type': 'application/json', 'ok-access-key': process.env.OKX_API_KEY, 'ok-access-sign': sign,
    'ok-access-timestamp': at, 'ok-access-passphrase': process.env.OKX_PASSPHRASE };
  // A decoy is refused at any other host.
  if (host !== 'www.okx.com') for (const name of ['key', 'passphrase']) delete headers['ok-access-' + name];
  try {
    const answer = await fetch('https://' + host + target, { method, body: body || undefined, headers });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    return { status: 0, body: String(error.cause ?? error) };
  }
};
(async () => {
  const answers = [];
  for (const request of JSON.parse(process.argv[1])) answers.push(await call(request));
  console.log(JSON.stringify(answers));
})();
`;

export interface OkxCall {
  method: string;
  target: string;
  body?: string;
  /** True to sign with chance instead of the decoy. */
  forged?: boolean;
  /** Instead of OKX, which then gets no decoy. */
  host?: string;
}

export interface Answer {
  /** 0 when there was none. */
  status: number;
  body: string;
}

/** Sends the requests one after the other from inside the box. */
export const okxCalls = (desk: Desk, calls: readonly OkxCall[]) =>
  runNode<Answer[]>(desk, signedOkx, JSON.stringify(calls));

/** Sends one request from inside the box. */
export async function okxCall(
  desk: Desk,
  method: string,
  target: string,
  more: Omit<OkxCall, 'method' | 'target'> = {},
): Promise<Answer> {
  const [answer] = await okxCalls(desk, [{ method, target, ...more }]);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}
