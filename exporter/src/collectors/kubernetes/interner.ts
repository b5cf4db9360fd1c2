/**
 * Keeps one copy of what many objects have in common: names of namespaces and nodes, label sets, container lists. Fifty thousand
 * pods of a thousand templates then cost little more than their own names.
 */

/** Past this the pool starts over; what it handed out lives on with its holders. */
const MAX_ENTRIES = 50_000;

export class Interner {
  private texts = new Map<string, string>();
  private values = new Map<string, unknown>();

  text(value: string): string {
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    if (this.texts.size >= MAX_ENTRIES) this.texts = new Map();
    this.texts.set(value, value);
    return value;
  }

  /** An object with the same JSON as `value`; for plain data that nobody changes. */
  value<T>(value: T): T {
    const key = JSON.stringify(value);
    const known = this.values.get(key);
    if (known !== undefined) return known as T;
    if (this.values.size >= MAX_ENTRIES) this.values = new Map();
    this.values.set(key, value);
    return value;
  }
}
