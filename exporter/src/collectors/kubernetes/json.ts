/** Reading foreign JSON: every access says what it expects, and gets nothing when it is something else. */

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NOTHING: Json = {};

/** The object under a key, or an empty one. Own properties only: `constructor` and the like are not data. */
export function child(of: Json, key: string): Json {
  const value = at(of, key);
  return isRecord(value) ? value : NOTHING;
}

export const at = (of: Json, key: string): unknown => (Object.hasOwn(of, key) ? of[key] : undefined);

export function text(of: Json, key: string): string {
  const value = at(of, key);
  return typeof value === 'string' ? value : '';
}

/** The objects of the list under a key; what is no object in it is left out. */
export function children(of: Json, key: string): readonly Json[] {
  const value = at(of, key);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The texts of a map of texts, such as labels. */
export function texts(of: Json): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
