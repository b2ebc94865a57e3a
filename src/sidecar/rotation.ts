// Gives a running sidecar new values for secrets it holds: all of them or none, journaled first. The old ones are never sent
// again, but go on being scrubbed from answers, and cannot come back (S5, S6).
import { createHash } from 'node:crypto';
import type { Journal } from '../audit/journal.js';
import { TradeboxError } from '../core/errors.js';
import type { Pattern } from '../core/matcher.js';
import { encodingsOf, isHunted } from '../core/needles.js';
import type { Venue } from '../venues/venue.js';
import type { SecretChange } from './control.js';
import { createCredentialBook, secretPatterns } from './credentials.js';
import type { Watch } from './listeners/ingress.js';
import type { SecretFinder } from './secret-finder.js';
import type { CredentialSetting, Settings } from './settings.js';
import { checkSettings } from './settings-check.js';
import type { World } from './stage.js';
import type { SidecarState } from './state.js';
import type { Upstream } from './upstream.js';

export interface RotationParts {
  settings: Settings;
  venues: readonly Venue[];
  world: Pick<World, 'credentials' | 'sessionTokens'>;
  journal: Pick<Journal, 'append'>;
  secrets: Pick<SecretFinder, 'prepare'>;
  watch: Pick<Watch, 'endSockets'>;
  upstream: Pick<Upstream, 'renew'>;
}

export function createRotation(parts: RotationParts): Pick<SidecarState, 'rotate'> {
  const { settings, venues, world, journal, secrets, watch, upstream } = parts;
  let current: readonly CredentialSetting[] = settings.credentials;
  let retired: readonly Pattern[] = [];
  const known = new Set(current.flatMap(valuesOf).map(digestOf));
  return {
    rotate(asked, isReread = false) {
      const changes = isReread ? asked.filter((change) => !isHeld(change, current)) : asked;
      if (changes.length === 0) return { switched: 0 };
      const next = changes.reduce(withChange, current);
      for (const change of changes) refuseGateway(change, current, venues);
      checkSettings({ ...settings, credentials: [...next] }, venues);
      if (changes.some(({ secret }) => known.has(digestOf(secret)))) {
        throw new TradeboxError(
          'SECRET_INVALID',
          'The new value is one that this box holds or has held already.',
          {
            remedy: 'Make a new one at the venue.',
          },
        );
      }
      const book = createCredentialBook(next, settings, {
        settings: current,
        book: world.credentials,
      });
      const kept = new Set(next.flatMap(valuesOf));
      const replaced = current.flatMap((one) =>
        valuesOf(one)
          .filter((value) => isHunted(value) && !kept.has(value))
          .flatMap((value) => encodingsOf(value).map((bytes) => ({ id: one.id, bytes }))),
      );
      const beginScrubbing = secrets.prepare([...secretPatterns(book), ...retired, ...replaced]);
      // S10: a switch that cannot be recorded does not happen.
      for (const { credential, field } of changes) {
        journal.append({ type: 'secret.rotated', credential, ...(field === undefined ? {} : { field }) });
      }
      beginScrubbing();
      world.credentials = book;
      world.sessionTokens?.clear();
      retired = [...retired, ...replaced];
      current = next;
      for (const { secret } of changes) known.add(digestOf(secret));
      // A WebSocket is logged in once: those of the old value would live on it. Clients open them anew.
      const rotated = new Set(changes.map(({ credential }) => credential));
      const hosts = new Set(next.filter(({ id }) => rotated.has(id)).flatMap((one) => hostsOf(one, venues)));
      watch.endSockets((host) => hosts.has(host));
      upstream.renew();
      return { switched: changes.length };
    },
  };
}

/** Whether the box has this very value there now. */
const isHeld = (
  { credential, field, secret }: SecretChange,
  current: readonly CredentialSetting[],
): boolean =>
  current.some(
    (one) =>
      one.id === credential &&
      (one.kind === 'plain'
        ? field === undefined && one.secret === secret
        : one.secrets[field ?? ''] === secret),
  );

/** Where a gateway is, and by which certificate it is known, is settled when the sidecar starts. */
function refuseGateway(
  { credential, field }: SecretChange,
  current: readonly CredentialSetting[],
  venues: readonly Venue[],
): void {
  const one = current.find(({ id }) => id === credential);
  if (one?.kind !== 'venue' || field === undefined) return;
  if (venues.find(({ id }) => id === one.venue)?.gateway?.fields.includes(field) !== true) return;
  throw new TradeboxError('CONFIG_INVALID', `${credential}.${field} cannot change while the sidecar runs.`, {
    remedy: 'Give the box a new sidecar with `tradebox restart`.',
  });
}

const valuesOf = (one: CredentialSetting): string[] =>
  one.kind === 'plain' ? [one.secret] : Object.values(one.secrets);

const hostsOf = (one: CredentialSetting, venues: readonly Venue[]): readonly string[] =>
  one.kind === 'plain'
    ? one.hosts
    : (venues.find(({ id }) => id === one.venue)?.hosts.map(({ host }) => host) ?? []);

const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex');

function withChange(
  credentials: readonly CredentialSetting[],
  { credential: id, field, secret }: SecretChange,
): CredentialSetting[] {
  let isFound = false;
  const next = credentials.map((one): CredentialSetting => {
    if (one.id !== id) return one;
    if (one.kind === 'plain' && field === undefined) {
      isFound = true;
      return { ...one, secret };
    }
    if (one.kind === 'venue' && field !== undefined && Object.hasOwn(one.secrets, field)) {
      isFound = true;
      return { ...one, secrets: { ...one.secrets, [field]: secret } };
    }
    return one;
  });
  if (isFound) return next;
  const name = JSON.stringify(field === undefined ? id : `${id}.${field}`).slice(0, 100);
  throw new TradeboxError('CONFIG_INVALID', `The box holds no secret ${name}.`, {
    remedy: 'Give it a new sidecar with `tradebox restart`.',
  });
}
