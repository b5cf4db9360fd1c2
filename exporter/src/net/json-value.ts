/** Reading JSON of others: own properties only, and a shape only after it was checked. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key; undefined when it is absent or only inherited. */
export function own(record: unknown, key: string): unknown {
  return isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The text of a key, "" when there is none. */
export function textOf(record: unknown, key: string): string {
  const value = own(record, key);
  return typeof value === 'string' ? value : '';
}

/** The number of a key when it is finite and within [min, max], else null. */
export function numberWithin(record: unknown, key: string, min: number, max: number): number | null {
  const value = own(record, key);
  return typeof value === 'number' && value >= min && value <= max ? value : null;
}
