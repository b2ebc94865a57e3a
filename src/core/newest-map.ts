// A map that keeps so many entries, the newest; setting a key anew makes it the newest. Every step costs the same however many are kept.

interface Slot<K, V> {
  readonly key: K;
  readonly value: V;
}

export class NewestMap<K, V> {
  readonly #most: number;
  /** Where each key's slot is, counted from the first that there ever was. */
  readonly #places = new Map<K, number>();
  /** Oldest first; undefined where a key was set anew, taken out or forgotten. */
  #slots: (Slot<K, V> | undefined)[] = [];
  /** No slot before it holds anything. */
  #first = 0;
  /** Slots that there were before the first that is here. */
  #gone = 0;

  /** `most`: entries that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#places.size;
  }

  get(key: K): V | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#slots[place - this.#gone]?.value;
  }

  /** Returns the value that was forgotten for it, the oldest. */
  set(key: K, value: V): V | undefined {
    const place = this.#places.get(key);
    if (place !== undefined) this.#slots[place - this.#gone] = undefined;
    this.#places.set(key, this.#gone + this.#slots.push({ key, value }) - 1);
    const forgotten = this.#places.size > this.#most ? this.#forgetOldest() : undefined;
    if (this.#slots.length > 2 * this.#most + 1) this.#closeGaps();
    return forgotten;
  }

  delete(key: K): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#slots[place - this.#gone] = undefined;
    return this.#places.delete(key);
  }

  *newestFirst(): Generator<V> {
    for (let place = this.#slots.length - 1; place >= this.#first; place -= 1) {
      const slot = this.#slots[place];
      if (slot !== undefined) yield slot.value;
    }
  }

  #forgetOldest(): V | undefined {
    while (this.#slots[this.#first] === undefined) this.#first += 1;
    const oldest = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    if (oldest !== undefined) this.#places.delete(oldest.key);
    return oldest?.value;
  }

  #closeGaps(): void {
    const isWhole = this.#slots.length - this.#first === this.size;
    this.#gone += this.#first;
    this.#slots.splice(0, this.#first);
    this.#first = 0;
    if (isWhole) return;
    this.#slots = this.#slots.filter((slot) => slot !== undefined);
    for (const [index, slot] of this.#slots.entries())
      if (slot !== undefined) this.#places.set(slot.key, this.#gone + index);
  }
}
