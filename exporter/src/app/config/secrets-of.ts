import { Secret } from './secret.js';

/** Every secret that an object holds, at any depth; for scrubbing what is printed. */
export function secretsOf(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsOf);
}
