/** What one row of the table of keys says, and the two ways to write one. */
import type { z } from 'zod';
import type { ValueType } from './value-type.js';

export interface Spec<T> {
  readonly type: Pick<ValueType<never>, 'name' | 'rule' | 'example' | 'show' | 'bounds' | 'choices'>;
  /** From the text, or its absence, to the value. */
  readonly schema: z.ZodType<T, string | undefined>;
  readonly format: (value: T) => string;
  /** As an operator would write it; null: not set. */
  readonly default: string | null;
  /** Where the default depends on something else: how, in words. */
  readonly defaultNote: string;
  /** Other names with the same meaning, kept for those who have them. */
  readonly aliases: readonly string[];
  readonly secret: boolean;
  readonly help: string;
}

interface Extra {
  readonly aliases?: readonly string[];
  readonly defaultNote?: string;
}

function describe<T>(type: ValueType<T>, help: string, { aliases = [], defaultNote = '' }: Extra) {
  return {
    type: type as unknown as Spec<T>['type'],
    aliases,
    defaultNote,
    secret: type.name === 'secret',
    help,
  };
}

/** A key that always has a value; `fallback` is checked by the same schema as what an operator writes. */
export function withDefault<T>(
  type: ValueType<T>,
  fallback: string,
  help: string,
  extra: Extra = {},
): Spec<T> {
  return {
    ...describe(type, help, extra),
    schema: type.schema.prefault(fallback),
    format: type.format,
    default: fallback,
  };
}

/** A key that may be absent: null then. */
export function optional<T>(type: ValueType<T>, help: string, extra: Extra = {}): Spec<T | null> {
  return {
    ...describe(type, help, extra),
    schema: type.schema.optional().transform((value) => value ?? null),
    format: (value) => (value === null ? '' : type.format(value)),
    default: null,
  };
}
