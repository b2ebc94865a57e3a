// What is asked for anew when a connection that was used before breaks off, and what is not.
import { afterEach, expect, test } from 'vitest';
import { closeAll, completedOf, get, host, setUp } from '../../../support/relay-box.js';
import { answer, eventually, tlsClient } from '../../../support/sidecar-box.js';

afterEach(closeAll);

/** An upstream whose connections break off at their second request, and a client that has had its first answer. */
async function setUpBreaking() {
  const heads: string[] = [];
  const { box, upstream } = await setUp((peer, head) => {
    heads.push(head);
    const seen = peer.received.toString('latin1').match(/ HTTP\/1\.1\r\n/g)?.length ?? 0;
    if (seen === 1) peer.socket.write(answer('hello'));
    else setTimeout(() => peer.socket.destroy(), 50);
  });
  const client = await tlsClient(box, host);
  client.write(get());
  await client.until('hello');
  client.received = Buffer.alloc(0);
  return { box, client, heads, upstream };
}

const chunked = { fields: 'Transfer-Encoding: chunked\r\n', body: '4\r\nBODY\r\n0\r\n\r\n' };

test.each([
  ['without a body', '', ''],
  ['with a body that was decided on as a whole', 'Content-Length: 4\r\n', 'BODY'],
])('a GET %s is asked for anew, once, on a new connection', async (_name, fields, body) => {
  const { client, heads, upstream } = await setUpBreaking();
  client.write(get('/v1/x', fields) + body);
  await client.until('hello');
  expect(heads).toHaveLength(3);
  expect(upstream.peers[1]?.received.toString().endsWith(`\r\n\r\n${body}`)).toBe(true);
});

test('one with a streamed body is not: its body went with the connection', async () => {
  const { box, client, heads } = await setUpBreaking();
  client.write(get('/v1/x', chunked.fields) + chunked.body);
  expect(await client.until('HTTP/1.1 502')).toContain('502 Bad Gateway');
  expect(heads).toHaveLength(2);
  await eventually(() => completedOf(box).length === 2);
  expect(completedOf(box)[1]).toMatchObject({ error: 'UPSTREAM_RESET' });
});
