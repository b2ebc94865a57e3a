// Whether a connection for a host and port may begin at all, however it came in. Pure.
import type { EgressPolicy } from './egress-policy.js';
import { rawProtocolOf } from './raw-protocols.js';

export interface OriginProblem {
  code: 'HOST_DENIED' | 'PROTOCOL_UNSUPPORTED';
  message: string;
}

/** Undefined where some rule names host and port. What is known for another protocol than HTTP is refused by that name. */
export function originProblem(
  policy: Pick<EgressPolicy, 'allowsOrigin'>,
  host: string,
  port: number,
): OriginProblem | undefined {
  if (policy.allowsOrigin(host, port)) return undefined;
  const raw = rawProtocolOf(host, port);
  return raw === undefined
    ? { code: 'HOST_DENIED', message: 'no rule names the host and port' }
    : { code: 'PROTOCOL_UNSUPPORTED', message: raw };
}
