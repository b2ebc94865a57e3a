import { expect, test } from 'vitest';
import { compilePolicy } from '../../../src/sidecar/egress-policy.js';
import { originProblem } from '../../../src/sidecar/origin-problem.js';
import { rule } from '../../support/pipeline-world.js';

const policy = compilePolicy([rule('open.test'), rule('gateway.test', { ports: [4001] })]);

test.each([
  ['open.test', 443, undefined],
  ['open.test', 444, 'HOST_DENIED'],
  ['other.test', 443, 'HOST_DENIED'],
  ['other.test', 4001, 'PROTOCOL_UNSUPPORTED'],
  ['fix.other.test', 443, 'PROTOCOL_UNSUPPORTED'],
  ['gateway.test', 4001, undefined],
])('%s:%i: %s', (host, port, code) => {
  expect(originProblem(policy, host, port)?.code).toBe(code);
});
