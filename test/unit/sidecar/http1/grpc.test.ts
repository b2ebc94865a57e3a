import { expect, test } from 'vitest';
import { isGrpcCompressed, isGrpcContent } from '../../../../src/sidecar/http1/grpc.js';

test('gRPC is told by its content type, gRPC-Web is not it', () => {
  expect(['application/grpc', 'application/grpc+proto', 'Application/gRPC;x=y'].map(isGrpcContent)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['application/grpc-web', 'application/json', undefined].map(isGrpcContent)).toEqual([
    false,
    false,
    false,
  ]);
});

test('messages in any coding but identity are compressed', () => {
  expect([isGrpcCompressed('gzip'), isGrpcCompressed('identity'), isGrpcCompressed(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});
