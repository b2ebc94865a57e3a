// What every venue's socket leaf keeps: frames read one way only, nothing unknown passes, refusals hold no secret. A loop over the list.
import { expect, test } from 'vitest';
import { JsonNumber } from '../../../src/venues/json-strict.js';
import { servesSockets } from '../../../src/venues/own-host.js';
import {
  answerTo,
  bodyOf,
  hasOnly,
  isMessageId,
  membersOf,
  postOf,
  problemOfTopics,
  readFrame,
  readMessage,
} from '../../../src/venues/socket-frames.js';
import { venues } from '../../../src/venues/venues.js';
import { socketPlaces } from '../../support/socket-places.js';
import { makeDecoys } from '../../support/venue-requests.js';

test('a frame is one JSON object, read strictly, and written from what was parsed', () => {
  const read = (text: string) => readFrame(text, (frame) => readMessage('x', frame));
  expect(read('{ "b": 1.50, "a": "x" }')).toEqual({
    kind: 'read',
    operation: 'x',
    text: '{"b":1.50,"a":"x"}',
  });
  for (const text of ['', '[]', '1', '{"a":1,"a":2}', '{"a":1}x', '{a:1}', '{"a":"\\ud800"}'])
    expect(read(text), text).toMatchObject({ kind: 'unknown' });
});

test('members, ids and topics are bounded', () => {
  const frame = membersOf('{"op":"a","id":7}');
  expect(hasOnly(frame, ['op', 'id'])).toBe(true);
  expect(hasOnly(frame, ['op'])).toBe(false);
  expect(membersOf('nothing').size).toBe(0);
  for (const id of ['a-1', 'u:2', new JsonNumber('12')]) expect(isMessageId(id)).toBe(true);
  for (const id of ['', 'a b', 'x'.repeat(65), null, new JsonNumber('1.5'), undefined])
    expect(isMessageId(id)).toBe(false);
  const isKnown = (topic: string) => topic === 'a';
  expect(problemOfTopics(['a', 'a'], isKnown)).toBeUndefined();
  for (const list of [undefined, [], ['b'], ['a', 1], ['a', 'a', 'a']] as const)
    expect(problemOfTopics(list as never, isKnown, 2)).toBeDefined();
});

test('an order becomes the REST request it stands for, and its body comes back whole', () => {
  const body = new Map([['price', new JsonNumber('1.10')]]);
  const request = postOf('api.example.com', '/order', body);
  expect(request).toMatchObject({ method: 'POST', host: 'api.example.com', path: '/order', query: '' });
  expect(String(request.body)).toBe('{"price":1.10}');
  expect(bodyOf(request)).toEqual(body);
  expect(() => bodyOf({ ...request, body: Buffer.from('{') })).toThrow('parseOrders');
});

test('an answer is known by the id it repeats, as text or number', () => {
  expect(answerTo('{"id":"7","x":1}', 'id', new JsonNumber('7'))?.get('x')).toEqual(new JsonNumber('1'));
  expect(answerTo('{"id":7}', 'id', '7')).toBeDefined();
  expect(answerTo('{"id":"8","note":"7"}', 'id', '7')).toBeUndefined();
  expect(answerTo('7', 'id', '7')).toBeUndefined();
});

const withSockets = venues.flatMap((venue) =>
  venue.socket === undefined ? [] : [[venue.id, venue] as const],
);

test('every place below is of a venue that has sockets, and every such venue has places', () => {
  expect(withSockets.map(([id]) => id).sort()).toEqual(Object.keys(socketPlaces).sort());
});

test.each(withSockets)('%s: hosts of sockets alone open, at known paths alone', (id, venue) => {
  const places = socketPlaces[id] ?? [];
  for (const { host, path, query = '', environment } of places) {
    const place = venue.hosts.find((one) => one.host === host);
    expect(place !== undefined && servesSockets(place), host).toBe(true);
    expect(place?.environments).toContain(environment);
    expect(venue.socket?.open({ host, path, query }, environment)?.target, `${host}${path}`).toMatchObject({
      path,
    });
    for (const other of [`${path}/x`, `/x${path}`, `${path}%2f`, `/${path}`])
      expect(venue.socket?.open({ host, path: other, query }, environment), other).toBeUndefined();
    expect(venue.socket?.open({ host, path, query: 'x=../y' }, environment)).toBeUndefined();
  }
});

test.each(withSockets)(
  '%s: garbage and what no row names are unknown, and refused without a secret (S2, S4)',
  (id, venue) => {
    const decoys = makeDecoys(venue);
    const secrets = Object.values(decoys);
    const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
    for (const { host, path, query = '', environment } of socketPlaces[id] ?? []) {
      const session = venue.socket?.open({ host, path, query }, environment);
      for (const text of [
        '',
        'null',
        '[]',
        '{}',
        '{"op":"withdraw","args":[{}]}',
        '{"method":"withdraw","params":{}}',
        '{"id":1,"method":"session.logon","params":{}}',
        '{"id":1,"method":"userDataStream.start","params":{}}',
        '{"method":"SUBSCRIBE","method":"order.place","params":[]}',
        '{"type":"withdraw"}',
        '{"action":"withdraw"}',
        JSON.stringify({ op: secrets, method: secrets, id: secrets[0] }),
      ]) {
        expect(session?.read(text), `${host}${path} ${text}`).toMatchObject({ kind: 'unknown' });
        const answer = session?.refuse(text, refusal) ?? '';
        expect(() => JSON.parse(answer)).not.toThrow();
        for (const secret of secrets.slice(1)) expect(answer).not.toContain(secret);
      }
    }
  },
);
