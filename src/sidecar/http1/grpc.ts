// What gRPC adds to HTTP: a content type, and messages that may be compressed one by one.

/** `application/grpc`, alone or with a suffix such as `+proto` (the gRPC protocol over HTTP/2). */
export function isGrpcContent(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:[+;]|$)/i.test(contentType);
}

/** True when messages are compressed: what is compressed can neither be searched for decoys nor scrubbed. */
export function isGrpcCompressed(grpcEncoding: string | undefined): boolean {
  return grpcEncoding !== undefined && grpcEncoding.toLowerCase() !== 'identity';
}
