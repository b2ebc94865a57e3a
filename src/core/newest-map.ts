// A map that keeps so many entries, the newest; setting a key anew makes it the newest. Every step costs the same however many are kept.

interface Link<K, V> {
  readonly key: K;
  value: V;
  older: Link<K, V> | undefined;
  newer: Link<K, V> | undefined;
}

export class NewestMap<K, V> {
  readonly #most: number;
  readonly #links = new Map<K, Link<K, V>>();
  #newest: Link<K, V> | undefined;
  #oldest: Link<K, V> | undefined;

  /** `most`: entries that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#links.size;
  }

  get(key: K): V | undefined {
    return this.#links.get(key)?.value;
  }

  /** Returns the value that was forgotten for it, the oldest. */
  set(key: K, value: V): V | undefined {
    const known = this.#links.get(key);
    if (known !== undefined) {
      known.value = value;
      if (known === this.#newest) return undefined;
      this.#unlink(known);
      this.#append(known);
      return undefined;
    }
    const link = { key, value, older: undefined, newer: undefined };
    this.#links.set(key, link);
    this.#append(link);
    const oldest = this.#oldest;
    if (this.#links.size <= this.#most || oldest === undefined) return undefined;
    this.delete(oldest.key);
    return oldest.value;
  }

  delete(key: K): boolean {
    const link = this.#links.get(key);
    if (link === undefined) return false;
    this.#unlink(link);
    return this.#links.delete(key);
  }

  *newestFirst(): Generator<V> {
    for (let link = this.#newest; link !== undefined; link = link.older) yield link.value;
  }

  #append(link: Link<K, V>): void {
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
  }

  #unlink({ older, newer }: Link<K, V>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
