// L1 signatures against the vectors of hyperliquid-python-sdk and the hash of @nktkas/hyperliquid.
import { randomBytes } from 'node:crypto';
import { createL1ActionHash } from '@nktkas/hyperliquid/signing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  actionHash,
  isL1SignedBy,
  type L1Message,
  readPrivateKey,
  signL1,
} from '../../../../src/venues/hyperliquid/l1-signature.js';
import { parseStrictJson, type StrictJson } from '../../../../src/venues/json-strict.js';

const strict = (value: unknown): StrictJson => {
  const parsed = parseStrictJson(Buffer.from(JSON.stringify(value)), { maxDepth: 64 });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};

// github.com/hyperliquid-dex/hyperliquid-python-sdk 7ee976d tests/signing_test.py: its key counts up the hex digits.
const key = readPrivateKey('0123456789'.repeat(6) + '0123')!;
const order = (more: object = {}, t: object = { limit: { tif: 'Gtc' } }) => ({
  type: 'order',
  orders: [{ a: 1, b: true, p: '100', s: '100', r: false, t, ...more }],
  grouping: 'na',
});
const vectors: [
  string,
  Omit<L1Message, 'action' | 'nonce'>,
  object,
  mainnet: [string, string, 27 | 28],
  testnet: [string, string, 27 | 28],
][] = [
  [
    'l1_action',
    {},
    { type: 'dummy', num: 100000000000 },
    [
      '0x53749d5b30552aeb2fca34b530185976545bb22d0b3ce6f62e31be961a59298',
      '0x755c40ba9bf05223521753995abb2f73ab3229be8ec921f350cb447e384d8ed8',
      27,
    ],
    [
      '0x542af61ef1f429707e3c76c5293c80d01f74ef853e34b76efffcb57e574f9510',
      '0x17b8b32f086e8cdede991f1e2c529f5dd5297cbe8128500e00cbaf766204a613',
      28,
    ],
  ],
  [
    'order',
    {},
    order(),
    [
      '0xd65369825a9df5d80099e513cce430311d7d26ddf477f5b3a33d2806b100d78e',
      '0x2b54116ff64054968aa237c20ca9ff68000f977c93289157748a3162b6ea940e',
      28,
    ],
    [
      '0x82b2ba28e76b3d761093aaded1b1cdad4960b3af30212b343fb2e6cdfa4e3d54',
      '0x6b53878fc99d26047f4d7e8c90eb98955a109f44209163f52d8dc4278cbbd9f5',
      27,
    ],
  ],
  [
    'order_with_cloid',
    {},
    order({ c: '0x00000000000000000000000000000001' }),
    [
      '0x41ae18e8239a56cacbc5dad94d45d0b747e5da11ad564077fcac71277a946e3',
      '0x3c61f667e747404fe7eea8f90ab0e76cc12ce60270438b2058324681a00116da',
      27,
    ],
    [
      '0xeba0664bed2676fc4e5a743bf89e5c7501aa6d870bdb9446e122c9466c5cd16d',
      '0x7f3e74825c9114bc59086f1eebea2928c190fdfbfde144827cb02b85bbe90988',
      28,
    ],
  ],
  [
    'with_vault',
    { vaultAddress: '0x1719884eb866cb12b2287399b15f7db5e7d775ea' },
    { type: 'dummy', num: 100000000000 },
    [
      '0x3c548db75e479f8012acf3000ca3a6b05606bc2ec0c29c50c515066a326239',
      '0x4d402be7396ce74fbba3795769cda45aec00dc3125a984f2a9f23177b190da2c',
      28,
    ],
    [
      '0xe281d2fb5c6e25ca01601f878e4d69c965bb598b88fac58e475dd1f5e56c362b',
      '0x7ddad27e9a238d045c035bc606349d075d5c5cd00a6cd1da23ab5c39d4ef0f60',
      27,
    ],
  ],
  [
    'tpsl_order',
    {},
    order({}, { trigger: { isMarket: true, triggerPx: '103', tpsl: 'sl' } }),
    [
      '0x98343f2b5ae8e26bb2587daad3863bc70d8792b09af1841b6fdd530a2065a3f9',
      '0x6b5bb6bb0633b710aa22b721dd9dee6d083646a5f8e581a20b545be6c1feb405',
      27,
    ],
    [
      '0x971c554d917c44e0e1b6cc45d8f9404f32172a9d3b3566262347d0302896a2e4',
      '0x206257b104788f80450f8e786c329daa589aa0b32ba96948201ae556d5637eac',
      28,
    ],
  ],
  [
    'schedule_cancel',
    {},
    { type: 'scheduleCancel' },
    [
      '0x6cdfb286702f5917e76cd9b3b8bf678fcc49aec194c02a73e6d4f16891195df9',
      '0x6557ac307fa05d25b8d61f21fb8a938e703b3d9bf575f6717ba21ec61261b2a0',
      27,
    ],
    [
      '0xc75bb195c3f6a4e06b7d395acc20bbb224f6d23ccff7c6a26d327304e6efaeed',
      '0x342f8ede109a29f2c0723bd5efb9e9100e3bbb493f8fb5164ee3d385908233df',
      28,
    ],
  ],
  [
    'schedule_cancel at a time',
    {},
    { type: 'scheduleCancel', time: 123456789 },
    [
      '0x609cb20c737945d070716dcc696ba030e9976fcf5edad87afa7d877493109d55',
      '0x16c685d63b5c7a04512d73f183b3d7a00da5406ff1f8aad33f8ae2163bab758b',
      28,
    ],
    [
      '0x4e4f2dbd4107c69783e251b7e1057d9f2b9d11cee213441ccfa2be63516dc5bc',
      '0x706c656b23428c8ba356d68db207e11139ede1670481a9e01ae2dfcdb0e1a678',
      27,
    ],
  ],
];

for (const [name, options, action, mainnet, testnet] of vectors) {
  test(`the SDK's vector: ${name}`, () => {
    const message = { action: strict(action), nonce: 0n, ...options };
    for (const [source, [r, s, v]] of [
      ['a', mainnet],
      ['b', testnet],
    ] as const) {
      const own = signL1(key, message, source);
      expect([BigInt(own.r), BigInt(own.s), own.v]).toEqual([BigInt(r), BigInt(s), v]);
      expect(isL1SignedBy(key, { r, s, v }, message, source)).toBe(true);
      expect(isL1SignedBy(key, { r, s, v }, message, source === 'a' ? 'b' : 'a')).toBe(false);
    }
  });
}

test("the SDK's connection id of a production order", () => {
  const action = {
    type: 'order',
    orders: [{ a: 4, b: true, p: '1670.1', s: '0.0147', r: false, t: { limit: { tif: 'Ioc' } } }],
    grouping: 'na',
  };
  expect(actionHash({ action: strict(action), nonce: 1677777606040n }).toString('hex')).toBe(
    '0fcbeda5ae3c4950a548021552a4fea2226858c4453571bf3f24ba017eac2908',
  );
});

test('the hash is that of @nktkas/hyperliquid for any action, nonce, vault and expiry', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.nat(),
    fc.maxSafeNat(),
  );
  const { value: json } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => name !== '__proto__' && !/^\d/.test(name)),
        tie('value'),
        { maxKeys: 20 },
      ),
    ),
  }));
  fc.assert(
    fc.property(
      json,
      fc.integer({ min: 0, max: 2 ** 53 - 1 }),
      fc.option(fc.uint8Array({ minLength: 20, maxLength: 20 }), { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: 2 ** 53 - 1 }), { nil: undefined }),
      (value, nonce, vault, expiresAfter) => {
        const action = { type: 'any', value };
        const vaultAddress =
          vault === undefined ? undefined : (`0x${Buffer.from(vault).toString('hex')}` as const);
        const theirs = createL1ActionHash({
          action,
          nonce,
          ...(vaultAddress === undefined ? {} : { vaultAddress }),
          ...(expiresAfter === undefined ? {} : { expiresAfter }),
        });
        const ours = actionHash({
          action: strict(action),
          nonce: BigInt(nonce),
          ...(vaultAddress === undefined ? {} : { vaultAddress }),
          ...(expiresAfter === undefined ? {} : { expiresAfter: BigInt(expiresAfter) }),
        });
        expect(`0x${ours.toString('hex')}`).toBe(theirs);
      },
    ),
    { numRuns: 200 },
  );
});

test('only the signature of that key over that message is its own', () => {
  for (let round = 0; round < 8; round += 1) {
    const own = readPrivateKey(`7${randomBytes(32).toString('hex').slice(1)}`)!;
    const message = { action: strict({ type: 'x', round }), nonce: BigInt(round) };
    const given = signL1(own, message, 'a');
    const check = (more: Partial<typeof given>, by = own) =>
      isL1SignedBy(by, { ...given, ...more }, message, 'a');
    expect(check({})).toBe(true);
    expect(check({ s: given.r })).toBe(false);
    expect(check({ r: given.s })).toBe(false);
    expect(check({}, key)).toBe(false);
    expect(isL1SignedBy(own, given, { ...message, nonce: 99n }, 'a')).toBe(false);
  }
});

test('nonsense is nobody’s, and only 32-byte keys are keys', () => {
  const message = { action: strict({ type: 'x' }), nonce: 1n };
  for (const [r, s] of [
    ['0x0', '0x0'],
    ['0x1', '0x0'],
    ['0x0', '0x1'],
    [`0x${'f'.repeat(64)}`, '0x1'],
    ['0x1', `0x${'f'.repeat(64)}`],
  ] as const)
    expect(isL1SignedBy(key, { r, s, v: 27 }, message, 'a')).toBe(false);
  for (const text of ['', '0x12', '0'.repeat(64), 'f'.repeat(64), `0x${randomBytes(33).toString('hex')}`]) {
    expect(readPrivateKey(text), text).toBeUndefined();
  }
});
