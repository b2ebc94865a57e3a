// Values by a name that several may share, each group in the order in which its values came.

const nobody: ReadonlySet<never> = new Set();

export class Groups<Value> {
  readonly #groups = new Map<string, Set<Value>>();

  add(name: string, value: Value): void {
    const group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, new Set([value]));
    else group.add(value);
  }

  delete(name: string, value: Value): void {
    const group = this.#groups.get(name);
    group?.delete(value);
    if (group?.size === 0) this.#groups.delete(name);
  }

  of(name: string): ReadonlySet<Value> {
    return this.#groups.get(name) ?? nobody;
  }
}
