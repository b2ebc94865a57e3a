// Which connection a permitted request goes over.
import type { Exchange } from '../stage.js';
import type { UpstreamLink } from '../upstream-connection.js';
import type { FlightEnvironment } from './flight-environment.js';
import { isGrpcContent } from './grpc.js';

const repeatable = new Set(['GET', 'HEAD']);

/** Whether the request only asks, so that it does no harm when it reaches its upstream twice. */
export function isRepeatable(exchange: Pick<Exchange, 'head' | 'classification'>): boolean {
  return repeatable.has(exchange.head.method) && !movesMoney(exchange);
}

export function movesMoney({ classification }: Pick<Exchange, 'classification'>): boolean {
  return (classification?.class ?? 'read') !== 'read';
}

/**
 * A connection that waits, or one that is made. A request that came over HTTP/2 goes on over HTTP/2 where the upstream offers that.
 *
 * S8: a venue is spoken to over HTTP/1.1 all the same, unless it speaks HTTP/2 only: an order has its connection to itself, so what
 * becomes of that says one thing about one order, and no other request's fault, limit or reset can end it. The reads of its account keep
 * that connection warm.
 */
export function reach(
  { upstream, flightLimits }: Pick<FlightEnvironment, 'upstream' | 'flightLimits'>,
  exchange: Exchange,
  mayReuse: boolean,
): UpstreamLink | Promise<UpstreamLink> {
  const { host, port, head, venue } = exchange;
  const isGrpc = head.isHttp2 === true && isGrpcContent(head.fields.get('content-type'));
  // The agent names its content's type: it must not choose the venue's protocol by that.
  if (isGrpc && venue === undefined) return upstream.dialHttp2(host, port);
  const longest = repeatable.has(head.method) ? Number.POSITIVE_INFINITY : flightLimits.freshIdleMs;
  const maxIdleMs = mayReuse ? longest : undefined;
  if (head.isHttp2 === true && venue === undefined) return upstream.dialAlike(host, port, maxIdleMs);
  const idle = maxIdleMs === undefined ? undefined : upstream.take(host, port, maxIdleMs);
  return idle ?? upstream.dialAny(host, port);
}
