// `keyring:service/account`: the operating system's own keyring (Keychain, Secret Service, Credential Manager). The only home
// of @napi-rs/keyring, which is native code and loaded when such a source is first asked.
import { TradeboxError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import type { SecretProvider } from '../provider.js';

/** The part of the library that is used. */
export interface KeyringLibrary {
  AsyncEntry: new (
    service: string,
    account: string,
    options?: { linux?: { store?: 'secret-service' | 'keyutils' } },
  ) => { getPassword(signal?: AbortSignal): Promise<string | null> };
}

/** Long enough to unlock the keyring by hand. */
const timeoutMs = 60_000;
/** On Linux the library would fall back to the kernel's keyring, which forgets with the session: an error says more. */
const options = { linux: { store: 'secret-service' } } as const;

export function createKeyringProvider(load: () => Promise<KeyringLibrary>): SecretProvider<'keyring'> {
  return {
    scheme: 'keyring',
    resolve: async ({ service, account }) => {
      const value = await read(load, service, account);
      // Exactly as it is kept: no line end was added on the way.
      if (value !== null && value !== '') return new Secret(value);
      throw new TradeboxError('SECRET_MISSING', `the keyring holds nothing for ${service}/${account}`, {
        remedy: `Store it in the keyring under the service "${service}" and the user name "${account}".`,
      });
    },
  };
}

async function read(
  load: () => Promise<KeyringLibrary>,
  service: string,
  account: string,
): Promise<string | null> {
  let library: KeyringLibrary;
  try {
    library = await load();
  } catch (cause) {
    throw failed('there is no keyring library for this platform', cause);
  }
  try {
    const entry = new library.AsyncEntry(service, account, options);
    return await entry.getPassword(AbortSignal.timeout(timeoutMs));
  } catch (cause) {
    throw failed('the keyring of this machine does not answer', cause);
  }
}

function failed(message: string, cause: unknown): TradeboxError {
  return new TradeboxError('SECRET_SOURCE_FAILED', message, {
    remedy:
      'Unlock it; without a desktop session there often is none: keep the secret in the vault instead (tradebox secrets set <name>).',
    cause,
  });
}

export const keyringProvider = createKeyringProvider(() => import('@napi-rs/keyring'));
