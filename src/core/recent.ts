// A map that keeps its newest entries. Order is kept in links: a Map whose keys come and go with every request makes a new table
// again and again, and each old table that outlived two collections keeps all later ones (and their texts) alive until a full one.

interface Kept<Value> {
  readonly key: string;
  value: Value;
  older: Kept<Value> | undefined;
  newer: Kept<Value> | undefined;
}

export class Recent<Value> {
  readonly #limit: number;
  readonly #kept = new Map<string, Kept<Value>>();
  #oldest: Kept<Value> | undefined;
  #newest: Kept<Value> | undefined;

  /** `limit`: entries that are kept, at least one. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Value | undefined {
    return this.#kept.get(key)?.value;
  }

  /** Makes the entry the newest one; beyond the limit the oldest is forgotten. */
  set(key: string, value: Value): void {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      known.value = value;
      if (known === this.#newest) return;
      this.#unlink(known);
      this.#append(known);
      return;
    }
    const oldest = this.#oldest;
    if (oldest !== undefined && this.#kept.size >= this.#limit) {
      this.#unlink(oldest);
      this.#kept.delete(oldest.key);
    }
    const made = { key, value, older: undefined, newer: undefined };
    this.#kept.set(key, made);
    this.#append(made);
  }

  #unlink(entry: Kept<Value>): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }

  #append(entry: Kept<Value>): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }
}
