// The receivers of a box's alerts: their addresses are resolved like credentials, and leave in the sidecar's settings alone.
import type { AlertConfig } from '../../config/config.js';
import type { Secret } from '../../core/secret.js';
import type { AlertSetting } from '../../sidecar/settings.js';
import type { SecretResolver } from '../../vault/resolve.js';

export type ResolvedAlert = Omit<AlertSetting, 'url'> & { url: Secret };

/** Throws what the resolver throws. */
export async function resolveAlerts(
  alerts: readonly AlertConfig[],
  resolver: () => Promise<Pick<SecretResolver, 'alert'>>,
): Promise<ResolvedAlert[]> {
  const resolved: ResolvedAlert[] = [];
  for (const alert of alerts) {
    const { url: _source, ...wish } = alert;
    resolved.push({ ...wish, url: await (await resolver()).alert(alert) });
  }
  return resolved;
}

export function alertSettings(alerts: readonly ResolvedAlert[]): AlertSetting[] {
  return alerts.map(({ url, ...alert }) => ({ ...alert, url: url.reveal() }));
}
