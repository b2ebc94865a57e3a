import { expect, test } from 'vitest';
import { defaultFlightLimits } from '../../../../src/sidecar/http1/flight-limits.js';
import { isRepeatable, movesMoney, reach } from '../../../../src/sidecar/http1/reach.js';
import type { Exchange } from '../../../../src/sidecar/stage.js';

/** What is asked of the upstream for an exchange; no connection waits unless `idle`. */
function ask(parts: object, { mayReuse = true, idle = false } = {}): string[] {
  const asked: string[] = [];
  const say = (name: string, answer: unknown) => (_host: string, _port: number, maxIdleMs?: number) => {
    asked.push(maxIdleMs === undefined ? name : `${name} ${maxIdleMs}`);
    return answer;
  };
  const upstream = {
    take: say('take', idle ? {} : undefined),
    dialAny: say('dialAny', {}),
    dialAlike: say('dialAlike', {}),
    dialHttp2: say('dialHttp2', {}),
  };
  const exchange = { host: 'a.test', port: 443, ...parts } as unknown as Exchange;
  void reach({ upstream, flightLimits: defaultFlightLimits } as never, exchange, mayReuse);
  return asked;
}

const head = (method: string, isHttp2: boolean, contentType?: string) => ({
  head: { method, isHttp2, fields: { get: () => contentType } },
});

test('HTTP/2 goes on as HTTP/2, gRPC must, and HTTP/1.1 takes what waits', () => {
  expect(ask(head('GET', true))).toEqual(['dialAlike Infinity']);
  expect(ask(head('POST', true))).toEqual(['dialAlike 4000']);
  expect(ask(head('GET', true), { mayReuse: false })).toEqual(['dialAlike']);
  expect(ask(head('POST', true, 'application/grpc'))).toEqual(['dialHttp2']);
  expect(ask(head('POST', false, 'application/grpc'))).toEqual(['take 4000', 'dialAny']);
  expect(ask(head('GET', false), { idle: true })).toEqual(['take Infinity']);
  expect(ask(head('GET', false), { mayReuse: false })).toEqual(['dialAny']);
});

test('S8: a venue is reached by HTTP/1.1 whatever its client speaks', () => {
  const venue = { venue: { id: 'okx' } };
  expect(ask({ ...head('GET', true), ...venue })).toEqual(['take Infinity', 'dialAny']);
  expect(ask({ ...head('POST', true), ...venue }, { mayReuse: false })).toEqual(['dialAny']);
  expect(ask({ ...head('POST', true, 'application/grpc'), ...venue })).toEqual(['take 4000', 'dialAny']);
});

test('only what asks and moves no money may be repeated', () => {
  const exchange = (method: string, kind?: string) =>
    ({ ...head(method, false), classification: kind && { class: kind } }) as unknown as Exchange;
  expect([isRepeatable(exchange('GET')), isRepeatable(exchange('HEAD', 'read'))]).toEqual([true, true]);
  expect([isRepeatable(exchange('POST')), isRepeatable(exchange('GET', 'trade'))]).toEqual([false, false]);
  expect([movesMoney(exchange('GET', 'trade')), movesMoney(exchange('POST'))]).toEqual([true, false]);
});
