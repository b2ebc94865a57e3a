// What a configuration file grants, in lines a person can judge: which of their secrets goes where, and what opens why. Pure.
import type { Layer } from './layer.js';
import { describeSource } from './secret-source.js';

/** One line for each thing the file grants; secrets first. Holds no secret: sources are names. */
export function describeGrants(
  layer: Pick<Layer, 'accounts' | 'credentials' | 'hosts' | 'registries' | 'pins' | 'alerts' | 'document'>,
): string[] {
  const { mode, regime, isolation, workdir } = layer.document;
  return [
    ...layer.accounts.map(({ id, venue, environment, credentials }) => {
      const sources = Object.values(credentials).map(({ source }) => describeSource(source));
      return `account ${id}: ${sources.join(', ')} → ${venue.title} (${environment})`;
    }),
    ...layer.credentials.map(
      ({ id, value, hosts }) => `credential ${id}: ${describeSource(value.source)} → ${hosts.join(', ')}`,
    ),
    ...layer.pins.map(
      ({ host, address, port, ca, isLlm, isRegistry, reason }) =>
        `pin: ${host} is ${address}:${port}${isLlm === true ? ', a model' : ''}${isRegistry === true ? ', a registry' : ''}${ca === undefined ? '' : ', with a certificate authority of its own'} (${reason})`,
    ),
    ...layer.hosts.map(
      ({ host, methods, paths, reason }) =>
        `host: ${methods.join(',')} ${host} ${paths.join(' ')} (${reason})`,
    ),
    ...layer.registries.map(
      ({ registry, lockFile, reason }) =>
        `registry: ${lockFile === undefined ? registry : `what ${lockFile} names at ${registry}`} (${reason})`,
    ),
    ...layer.alerts.map(
      ({ kind, url, on }) => `alerts: ${on?.join(', ') ?? 'all'} to ${kind} at ${describeSource(url.source)}`,
    ),
    ...(workdir.writable ?? []).map((path) => `writable though this machine executes it: ${path}`),
    ...(workdir.unsearched ?? []).map((path) => `not searched for real secrets: ${path}`),
    ...(mode === undefined ? [] : [`mode: ${mode}`]),
    ...(regime === undefined ? [] : [`regime: ${regime}`]),
    ...(isolation === undefined ? [] : [`isolation: ${isolation}`]),
    ...(['approval', 'reflexes'] as const).flatMap((part) =>
      Object.entries(layer.document.orders?.[part] ?? {}).map(
        ([name, value]) => `orders: ${name} is ${value}`,
      ),
    ),
    ...Object.entries(layer.document.taint).map(([cause, severity]) => `taint: ${cause} weighs ${severity}`),
  ];
}
