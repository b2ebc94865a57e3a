// S6: an upstream that reflects the real secret is scrubbed: raw, encoded, in headers, compressed, across chunks.
import { randomBytes } from 'node:crypto';
import { createSecureServer } from 'node:http2';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostAddress } from '../support/docker.js';
import { spellingsOf } from '../support/hunt.js';
import { runLines, useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';
import { makeCertificate } from '../support/throwaway-ca.js';
import { zstdFrame } from '../support/zstd-frame.js';

const value = `sk-real-${randomBytes(18).toString('base64url')}`;
const host = 'mirror.desk.test';

describe.skipIf(boxSkipReason('openssl'))('S6', () => {
  process.env.S06_MODEL_KEY = value;
  const ca = makeCertificate([host]);
  /** The key that came with a request, by its path. */
  const received = new Map<string, string>();
  /** The protocols that requests came in. */
  const versions = new Set<string>();
  const server = createSecureServer({ key: ca.key, cert: ca.cert, allowHTTP1: true }, (request, response) => {
    received.set(request.url ?? '', request.headers.authorization ?? '');
    versions.add(request.httpVersion);
    const form = new URL(request.url ?? '/', `https://${host}`).searchParams.get('form') ?? '';
    const body = Buffer.from(reflections().join('\n'));
    if (form === 'header')
      response.writeHead(200, { 'x-echo': value, location: `https://${host}/?k=${value}` }).end('ok');
    else if (form === 'gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
    else if (form === 'br')
      response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(body));
    else if (form === 'zstd') response.writeHead(200, { 'content-encoding': 'zstd' }).end(zstdFrame(body));
    else if (form === 'error') response.writeHead(500).end(body);
    else if (form === 'split')
      drip(
        body,
        (piece) => response.write(piece),
        () => response.end(),
      );
    else response.end(body);
  });
  let port = 0;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => server.close());
  const desk = useDesk('s06', {}, (home) => configFor(home.writePrivate('mirror-ca.pem', ca.ca)));
  const configFor = (caFile: string) => `version: 1
credentials:
  model:
    hosts: [${host}]
    bearer: true
    value: env:S06_MODEL_KEY
    env: [MODEL_KEY]
    llm: true
pins:
  - { host: ${host}, address: ${hostAddress()}, port: ${port}, ca: ${caFile}, reason: mirror of this test }
`;

  test('whatever the form of the answer, no spelling of the secret reaches the agent', async () => {
    const options = { '--http1.1': 'HTTP/1.1', '--http2': 'HTTP/2' };
    const forms = ['plain', 'split', 'gzip', 'br', 'zstd', 'header', 'error'];
    const asked = forms.flatMap((form) =>
      Object.entries(options).map(([option, version]) => ({
        form,
        version,
        option,
        target: `/?form=${form}&by=${option}`,
      })),
    );
    const answers = await runLines(
      desk,
      asked.map(
        ({ option, target }) =>
          `curl -sS -i ${option} --compressed -m 60 'https://${host}${target}' -H "authorization: Bearer $MODEL_KEY" 2>&1`,
      ),
    );
    for (const [index, { form, version, target }] of asked.entries()) {
      const { code, stdout } = answers[index] ?? { code: -1, stdout: '' };
      expect(code, `${target}: ${stdout.slice(-200)}`).toBe(0);
      expect(stdout, target).toMatch(new RegExp(`^(?:HTTP/1.1 200 Connection Established\\s+)?${version} `));
      expect(received.get(target), 'control: the upstream had the real secret').toBe(`Bearer ${value}`);
      const found = Object.entries(spellingsOf(value)).filter(
        ([name, needle]) => !['reversed', 'utf-16le'].includes(name) && Buffer.from(stdout).includes(needle),
      );
      expect(
        found.map(([name]) => name),
        form,
      ).toEqual([]);
      expect(stdout, form).toContain('***');
    }
    expect([...versions].sort(), 'control: the upstream was spoken to in both').toEqual(['1.1', '2.0']);
  });

  test('nor by an HTTP/2 session of Node, which knows no proxy', async () => {
    const program = `
      const session = require('node:http2').connect('https://${host}');
      const stream = session.request({ ':path': '/?form=header', authorization: 'Bearer ' + process.env.MODEL_KEY });
      stream.on('response', (headers) => console.log(JSON.stringify(headers)));
      stream.on('data', (data) => console.log(String(data)));
      stream.on('end', () => session.close());`;
    const answer = await desk.box.sh(
      `node -e "$(printf %s '${Buffer.from(program).toString('base64')}' | base64 -d)"`,
    );
    expect(answer.code, answer.stderr).toBe(0);
    expect(received.get('/?form=header'), 'control: the upstream had the real secret').toBe(
      `Bearer ${value}`,
    );
    expect(answer.stdout).toContain('":status":200');
    expect(answer.stdout).toContain(`"x-echo":"${'*'.repeat(value.length)}"`);
    expect(answer.stdout).not.toContain(value);
  });
});

/** The secret as an upstream may give it back: in plain text, and encoded together with what stands around it. */
function reflections(): string[] {
  const around = ['', 'a', 'ab', '{"key":"', 'Bearer '].map((before) => `${before}${value}"}`);
  return [
    value,
    JSON.stringify({ key: value }),
    encodeURIComponent(value),
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
    ...around.map((text) => Buffer.from(text).toString('base64')),
    ...around.map((text) => Buffer.from(text).toString('base64url')),
    ...around.map((text) => Buffer.from(text).toString('hex').toUpperCase()),
  ];
}

/** Writes a body in pieces of three bytes, each its own chunk. */
function drip(body: Buffer, write: (piece: Buffer) => void, end: () => void): void {
  for (let at = 0; at < body.length; at += 3) write(body.subarray(at, at + 3));
  end();
}
