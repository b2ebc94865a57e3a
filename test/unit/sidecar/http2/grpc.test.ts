// gRPC through the sidecar, with the client and the server that Node programs use.
import { randomBytes } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { createAuthority } from '../../../../src/sidecar/authority.js';
import type { PlainCredentialSetting } from '../../../../src/sidecar/settings.js';
import type { StartOptions } from '../../../../src/sidecar/start.js';
import { eventually, rule, startTestBox, type TestBox } from '../../../support/sidecar-box.js';

const host = 'grpc.example.test';
const secret = `real-${randomBytes(12).toString('hex')}`;
const decoy = `decoy-${randomBytes(12).toString('hex')}`;

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const raw = { requestSerialize: (value: Buffer) => value, requestDeserialize: (value: Buffer) => value };
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path,
  requestStream,
  responseStream,
  ...raw,
  responseSerialize: (value: Buffer) => value,
  responseDeserialize: (value: Buffer) => value,
});
const service = {
  say: method('/test.Echo/Say', false, false),
  chat: method('/test.Echo/Chat', true, true),
  tick: method('/test.Echo/Tick', true, true),
  fail: method('/test.Echo/Fail', false, false),
};

interface Seen {
  authorization: string;
}

/** A gRPC server that says what it is told, and reflects the key it was sent in its metadata, trailers and messages. */
async function startServer(seen: Seen[]) {
  const authority = createAuthority({ clock: systemClock });
  const { key, cert } = authority.leafFor(host);
  const server = new grpc.Server();
  const note = (metadata: grpc.Metadata) => {
    const authorization = String(metadata.get('authorization')[0] ?? '');
    seen.push({ authorization });
    return authorization;
  };
  server.addService(service, {
    say(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      const trailer = new grpc.Metadata();
      const key = note(call.metadata);
      trailer.set('x-key', key);
      done(null, Buffer.concat([call.request, Buffer.from(` for ${key}`)]), trailer);
    },
    chat(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      note(call.metadata);
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
    },
    // Speaks until it hears something, then is silent.
    tick(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      const timer = setInterval(() => call.write(Buffer.from('tick')), 20);
      for (const end of ['data', 'cancelled', 'end']) call.on(end, () => clearInterval(timer));
    },
    fail(_call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      done({ code: grpc.status.FAILED_PRECONDITION, details: 'not now' });
    },
  });
  const credentials = grpc.ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) },
  ]);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  open.push(() => server.forceShutdown());
  return { port, ca: authority.caPem };
}

const credential: PlainCredentialSetting = {
  kind: 'plain',
  id: 'grpc',
  hosts: [host],
  placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
  secret,
  decoy,
  isLlm: false,
};

async function setUp(paths = ['/test.Echo/**'], options: Partial<StartOptions> = {}) {
  const seen: Seen[] = [];
  const { port, ca } = await startServer(seen);
  const box = await startTestBox(
    ({ tls }) => ({ policy: { rules: [rule(host, tls, { paths })] }, credentials: [credential] }),
    { routes: [{ host, address: '127.0.0.1', port, ca }], ...options },
  );
  open.push(() => box.stop());
  return { box, seen, client: clientOf(box) };
}

function clientOf(box: TestBox) {
  const Client = grpc.makeGenericClientConstructor(service, 'Echo');
  const client = new Client(
    `127.0.0.1:${box.tlsPort}`,
    grpc.credentials.createSsl(Buffer.from(box.sidecar.caPem)),
    {
      'grpc.ssl_target_name_override': host,
      'grpc.default_authority': host,
    },
  );
  open.push(() => client.close());
  return client;
}

interface Reply {
  error: grpc.ServiceError | null;
  message: string;
  status?: grpc.StatusObject;
}

function call(client: grpc.Client, name: keyof typeof service, text: string, key = decoy): Promise<Reply> {
  const metadata = new grpc.Metadata();
  if (key !== '') metadata.set('authorization', `Bearer ${key}`);
  const { path, requestSerialize, responseDeserialize } = service[name];
  return new Promise((resolve) => {
    let reply: Reply | undefined;
    const unary = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      Buffer.from(text),
      metadata,
      (error, value) => {
        reply = { error, message: value?.toString() ?? '' };
      },
    );
    unary.on('status', (status) =>
      setImmediate(() => resolve({ error: null, message: '', ...reply, status })),
    );
  });
}

test('a unary call: the key is replaced going up, and masked in message and trailers coming down', async () => {
  const { box, client, seen } = await setUp();
  const reply = await call(client, 'say', 'hello');
  const mask = '*'.repeat(secret.length);
  expect(reply).toMatchObject({ error: null, message: `hello for Bearer ${mask}` });
  expect(reply.status?.metadata.get('x-key')).toEqual([`Bearer ${mask}`]);
  expect(seen).toMatchObject([{ authorization: `Bearer ${secret}` }]);
  await eventually(() =>
    box.events().some((event) => event.type === 'request.completed' && event.status === 200),
  );
  expect(box.journalText()).not.toContain(secret);
});

test('messages of a two-way stream pass one by one, both ways at once', async () => {
  const { client } = await setUp();
  const { path, requestSerialize, responseDeserialize } = service.chat;
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${decoy}`);
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
  for (const text of ['one.', 'two.', 'three.']) {
    const echoed = new Promise<string>((resolve) =>
      stream.once('data', (data: Buffer) => resolve(data.toString())),
    );
    stream.write(Buffer.from(text));
    expect(await echoed).toBe(text);
  }
  const status = new Promise<grpc.StatusObject>((resolve) => stream.on('status', resolve));
  stream.end();
  expect((await status).code).toBe(grpc.status.OK);
});

test('a client that only listens is not ended while it hears something; silence in both directions is', async () => {
  const { client, box } = await setUp(['/**'], {
    watchIntervalMs: 10,
    clientLimits: { bodyIdleMs: 50, bodyGraceMs: 50, bodyMinRate: 1_000_000 },
    flightLimits: { idleMs: 300 },
  });
  const { path, requestSerialize, responseDeserialize } = service.tick;
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${decoy}`);
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
  let heard = 0;
  let isOver = false;
  stream.on('data', () => {
    heard += 1;
  });
  stream.on('error', () => {});
  stream.on('status', () => {
    isOver = true;
  });
  await eventually(() => heard >= 30); // 600 ms of a silent client, twice what both together may be silent
  expect(isOver).toBe(false);
  stream.write(Buffer.from('be silent'));
  await eventually(() => isOver);
  await eventually(() =>
    box.events().some((event) => event.type === 'request.completed' && event.error === 'UPSTREAM_TIMEOUT'),
  );
});

test('an answer of trailers alone keeps its status and message', async () => {
  const { client } = await setUp();
  const reply = await call(client, 'fail', '');
  expect(reply.status).toMatchObject({ code: grpc.status.FAILED_PRECONDITION, details: 'not now' });
});

test('a method that no rule names, a foreign key and a decoy in a message are refused before the server sees them', async () => {
  const { box, client, seen } = await setUp(['/test.Echo/Say']);
  expect((await call(client, 'fail', '')).error?.code).toBe(grpc.status.PERMISSION_DENIED);
  expect((await call(client, 'say', 'x', 'other-key')).error?.code).toBe(grpc.status.PERMISSION_DENIED);
  const told = await call(client, 'say', `my key is ${decoy}, really`);
  expect(told.error?.code).toBe(grpc.status.PERMISSION_DENIED);
  expect(box.events().filter(({ type }) => type === 'taint')).toHaveLength(1);
  expect(seen.filter(({ authorization }) => authorization === '')).toEqual([]);
});
