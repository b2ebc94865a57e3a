// A map from texts that keeps so many entries, the newest; setting a key anew makes it the newest. Every step costs the same however many
// are kept, and none leaves garbage: a Map whose keys come and go makes a new table again and again, and each old table that outlived two
// collections keeps all later ones, and all that they hold, alive until a full one.
import { drawFactor, hashText } from './text-hash.js';

/** Where no entry is. */
const none = -1;
const firstCapacity = 8;

export class NewestMap<Value> {
  readonly #most: number;
  /** Of each place, what lies there; a free one holds nothing. */
  #keys: (string | undefined)[] = [];
  #values: (Value | undefined)[] = [];
  #hashes = new Int32Array(firstCapacity);
  /** The places of the entries that are one step older and newer; `newer` of a free one is the next that is free. */
  #older = new Int32Array(firstCapacity);
  #newer = new Int32Array(firstCapacity);
  /** By hash, the place of an entry plus one; 0 where none is. At most half of it is taken. */
  #index = new Int32Array(2 * firstCapacity);
  #size = 0;
  /** Places that ever held an entry. */
  #used = 0;
  #free = none;
  #newest = none;
  #oldest = none;
  readonly #factor = drawFactor();

  /** `most`: entries that are kept, at least one; without it all are. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const place = this.#find(key, hashText(key, this.#factor));
    return place === none ? undefined : this.#values[place];
  }

  has(key: string): boolean {
    return this.#find(key, hashText(key, this.#factor)) !== none;
  }

  /** Returns the value that was forgotten for it, the oldest. */
  set(key: string, value: Value): Value | undefined {
    const hash = hashText(key, this.#factor);
    const known = this.#find(key, hash);
    if (known !== none) {
      this.#values[known] = value;
      if (known === this.#newest) return undefined;
      this.#unlink(known);
      this.#append(known);
      return undefined;
    }
    let forgotten: Value | undefined;
    if (this.#size >= this.#most) {
      forgotten = this.#values[this.#oldest];
      this.#remove(this.#oldest);
    }
    const place = this.#takePlace();
    this.#keys[place] = key;
    this.#values[place] = value;
    this.#hashes[place] = hash;
    this.#enter(place, hash);
    this.#append(place);
    this.#size += 1;
    return forgotten;
  }

  delete(key: string): boolean {
    const place = this.#find(key, hashText(key, this.#factor));
    if (place === none) return false;
    this.#remove(place);
    return true;
  }

  clear(): void {
    while (this.#oldest !== none) this.#remove(this.#oldest);
  }

  /** Nothing may be set or deleted meanwhile. */
  *newestFirst(): Generator<Value> {
    for (let place = this.#newest; place !== none; place = this.#older[place] ?? none)
      yield this.#values[place] as Value;
  }

  oldestFirst(): Value[] {
    const values: Value[] = [];
    for (let place = this.#oldest; place !== none; place = this.#newer[place] ?? none)
      values.push(this.#values[place] as Value);
    return values;
  }

  #find(key: string, hash: number): number {
    const [index, hashes] = [this.#index, this.#hashes];
    const mask = index.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const place = (index[at] ?? 0) - 1;
      if (place === none || (hashes[place] === hash && this.#keys[place] === key)) return place;
    }
  }

  #enter(place: number, hash: number): void {
    const mask = this.#index.length - 1;
    let at = hash & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = place + 1;
  }

  #takePlace(): number {
    if (this.#free !== none) {
      const place = this.#free;
      this.#free = this.#newer[place] ?? none;
      return place;
    }
    if (this.#used === this.#hashes.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    const capacity = 2 * this.#hashes.length;
    const larger = (places: Int32Array<ArrayBuffer>) => {
      const grown = new Int32Array(capacity);
      grown.set(places);
      return grown;
    };
    this.#hashes = larger(this.#hashes);
    this.#older = larger(this.#older);
    this.#newer = larger(this.#newer);
    this.#index = new Int32Array(2 * capacity);
    for (let place = 0; place < this.#used; place += 1) this.#enter(place, this.#hashes[place] ?? 0);
  }

  #remove(place: number): void {
    this.#leave(place);
    this.#unlink(place);
    this.#keys[place] = undefined;
    this.#values[place] = undefined;
    this.#newer[place] = this.#free;
    this.#free = place;
    this.#size -= 1;
  }

  /** Takes the place out of the index and lets those behind it move up, so that none is missed by who looks for it. */
  #leave(place: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let gap = (this.#hashes[place] ?? 0) & mask;
    while (index[gap] !== place + 1) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = (this.#hashes[(index[at] ?? 0) - 1] ?? 0) & mask;
      // It may only stand between its home and where it is now.
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      index[gap] = index[at] ?? 0;
      gap = at;
    }
    index[gap] = 0;
  }

  #append(place: number): void {
    this.#older[place] = this.#newest;
    this.#newer[place] = none;
    if (this.#newest === none) this.#oldest = place;
    else this.#newer[this.#newest] = place;
    this.#newest = place;
  }

  #unlink(place: number): void {
    const older = this.#older[place] ?? none;
    const newer = this.#newer[place] ?? none;
    if (older === none) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === none) this.#newest = older;
    else this.#older[newer] = older;
  }
}
