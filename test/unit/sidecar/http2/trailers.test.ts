// Trailers through the sidecar, both ways: whatever a peer names them, they end no more than their own stream.
import { afterEach, expect, test } from 'vitest';
import { h2Fetch, h2Session, h2Socket } from '../../../support/http2-client.js';
import {
  answerFrames,
  frame,
  frameFlags,
  frameTypes,
  literals,
  ok,
  preface,
} from '../../../support/http2-frames.js';
import { type ServeStream, startHttp2Upstream } from '../../../support/http2-upstream.js';
import { completedOf } from '../../../support/relay-box.js';
import { eventually, rule, startTestBox } from '../../../support/sidecar-box.js';

const host = 'two.example.test';
const { endHeaders, endStream } = frameFlags;
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(serve: ServeStream, take?: Parameters<typeof startHttp2Upstream>[2]) {
  const upstream = await startHttp2Upstream(host, serve, take);
  const route = { host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca };
  const box = await startTestBox(({ tls }) => ({ policy: { rules: [rule(host, tls)] } }), {
    routes: [route],
  });
  open.push(
    () => upstream.close(),
    () => box.stop(),
  );
  return box;
}

const names = ['http2-settings', 'x-sum'];

test.each(names)(
  'a request with the trailer %s goes up without what HTTP/2 has no place for',
  async (name) => {
    const seen: unknown[] = [];
    const box = await setUp((stream) => {
      stream.on('trailers', (trailers) => void seen.push(...Object.entries(trailers)));
      stream.resume();
      stream.on('end', () => stream.respond({ ':status': 200 }, { endStream: true }));
    });
    const client = await h2Socket(box, host);
    open.push(() => void client.destroy());
    client.resume();
    const head = literals({
      ':method': 'POST',
      ':scheme': 'https',
      ':path': '/x',
      ':authority': `${host}:${box.tlsPort}`,
    });
    client.write(
      Buffer.concat([
        preface,
        frame(frameTypes.settings, 0, 0),
        frame(frameTypes.headers, endHeaders, 1, head),
        frame(frameTypes.data, 0, 1, Buffer.from('body')),
        frame(frameTypes.headers, endHeaders | endStream, 1, literals({ [name]: 'x' })),
      ]),
    );
    await eventually(() => completedOf(box).length === 1);
    expect(completedOf(box)).toMatchObject([{ status: 200 }]);
    expect(seen).toEqual(name === 'x-sum' ? [['x-sum', 'x']] : []);
  },
);

test.each(names)(
  'an answer with the trailer %s comes down without what HTTP/2 has no place for',
  async (name) => {
    const box = await setUp(() => {}, {
      take: answerFrames((socket, stream) =>
        socket.write(
          Buffer.concat([
            frame(frameTypes.headers, endHeaders, stream, ok),
            frame(frameTypes.data, 0, stream, Buffer.from('body')),
            frame(frameTypes.headers, endHeaders | endStream, stream, literals({ [name]: 'x' })),
          ]),
        ),
      ),
    });
    const client = await h2Session(box, host);
    open.push(() => client.destroy());
    const { body, rstCode, trailers } = await h2Fetch(client, { ':path': '/x' });
    expect([body.toString(), rstCode]).toEqual(['body', 0]);
    expect(Object.entries(trailers)).toEqual(name === 'x-sum' ? [['x-sum', 'x']] : []);
  },
);
