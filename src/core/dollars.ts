// Which currencies count as a dollar: where limits and an account's worth are told in dollars, a coin that stands for one is one.

const dollars: ReadonlySet<string> = new Set([
  'USD',
  'USDT',
  'USDC',
  'FDUSD',
  'TUSD',
  'PYUSD',
  'USDG',
  'DAI',
]);

export function isDollar(currency: string | undefined): boolean {
  return currency !== undefined && dollars.has(currency);
}
