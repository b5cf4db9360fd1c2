/**
 * The kinds of value a key can have. Each is a zod schema from the text an operator writes to the value the program uses,
 * with the rule in words, an example, and the way back to text. A schema's messages say what is wrong, as the end of a
 * sentence that starts with the key; `params.fix` replaces the usual fix.
 */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { formatDuration, parseDuration } from './duration.js';
import { Secret } from './secret.js';

export interface ValueType<T> {
  readonly name: string;
  /** As the end of "KEY must be …". */
  readonly rule: string;
  readonly example: string;
  readonly schema: z.ZodType<T, string>;
  readonly format: (value: T) => string;
  /** How the text may be shown in a message; the text itself where absent. */
  readonly show?: (text: string) => string;
  readonly bounds?: readonly [min: number, max: number];
  readonly choices?: readonly string[];
}

/** A closed range, and how to say its ends. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const inRange = ({ min, max }: Range) => z.number().min(min, 'is too small').max(max, 'is too large');

export function integer(range: Range): ValueType<number> {
  return {
    name: 'integer',
    rule: `a whole number from ${range.min} to ${range.max}`,
    example: String(range.min),
    schema: z
      .string()
      .regex(/^-?\d{1,16}$/, 'is not a whole number')
      .transform(Number)
      .pipe(inRange(range)),
    format: String,
    bounds: [range.min, range.max],
  };
}

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

export function decimal(range: Range, example = String(range.max)): ValueType<number> {
  return {
    name: 'number',
    rule: `a number from ${range.min} to ${range.max}`,
    example,
    schema: z.string().regex(DECIMAL, 'is not a number').transform(Number).pipe(inRange(range)),
    format: String,
    bounds: [range.min, range.max],
  };
}

/** `type`, or one word that means null, such as "off" or "forever". */
export function orWord<T>(type: ValueType<T>, word: string): ValueType<T | null> {
  return {
    ...type,
    rule: `${type.rule}, or "${word}"`,
    schema: z.string().transform((text, context): T | null => {
      if (text.toLowerCase() === word) return null;
      const result = type.schema.safeParse(text);
      if (result.success) return result.data;
      for (const issue of result.error.issues) context.addIssue(asCustom(issue));
      return z.NEVER;
    }),
    format: (value) => (value === null ? word : type.format(value)),
  };
}

function asCustom(issue: z.core.$ZodIssue) {
  const params = issue.code === 'custom' ? issue.params : undefined;
  return { code: 'custom' as const, message: issue.message, ...(params === undefined ? {} : { params }) };
}

export function boolean(): ValueType<boolean> {
  return {
    name: 'boolean',
    rule: 'true or false',
    example: 'true',
    schema: z
      .string()
      .regex(/^(?:true|false)$/i, 'is neither true nor false')
      .transform((text) => text.toLowerCase() === 'true'),
    format: String,
    choices: ['true', 'false'],
  };
}

/** One of a few words, upper or lower case. */
export function choice<const W extends string>(...words: readonly W[]): ValueType<W> {
  return {
    name: 'choice',
    rule: words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    example: words[0]!,
    schema: z.string().transform((text, context): W => {
      const lower = text.toLowerCase();
      const found = words.find((word) => word === lower);
      if (found !== undefined) return found;
      const near = closest(lower, words);
      const fix = distance(lower, near) <= 2 ? { params: { fix: `did you mean ${near}?` } } : {};
      context.addIssue({ code: 'custom', message: 'is not a known choice', ...fix });
      return z.NEVER;
    }),
    format: String,
    choices: words,
  };
}

/** Seconds, from a Prometheus duration; `min` and `max` in seconds. */
export function duration({ min, max }: Range): ValueType<number> {
  return {
    name: 'duration',
    rule: `a Prometheus duration from ${formatDuration(min)} to ${formatDuration(max)}`,
    example: formatDuration(min),
    schema: z
      .string()
      .transform((text, context): number => {
        const seconds = parseDuration(text);
        if (seconds !== null) return seconds;
        if (/^\d+$/.test(text)) {
          context.addIssue({
            code: 'custom',
            message: 'has no unit',
            params: { fix: `write ${text}s for seconds` },
          });
        } else {
          context.addIssue({ code: 'custom', message: 'is not a duration' });
        }
        return z.NEVER;
      })
      .pipe(inRange({ min, max })),
    format: formatDuration,
    bounds: [min, max],
  };
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export function formatBytes(bytes: number): string {
  const [unit, size] = Object.entries(SIZE_UNITS).findLast(
    ([, factor]) => bytes >= factor && bytes % factor === 0,
  ) ?? ['', 1];
  return `${bytes / size}${unit}`;
}

/** Whole bytes, from 256MiB or a plain number of bytes. */
export function byteSize({ min, max }: Range): ValueType<number> {
  return {
    name: 'size',
    rule: `a size from ${formatBytes(min)} to ${formatBytes(max)} in bytes, KiB, MiB or GiB`,
    example: formatBytes(min),
    schema: z
      .string()
      .regex(/^\d{1,15}(?:KiB|MiB|GiB)?$/, 'is not a size')
      .transform((text) => Number.parseInt(text, 10) * SIZE_UNITS[text.replace(/^\d+/, '')]!)
      .pipe(inRange({ min, max })),
    format: formatBytes,
    bounds: [min, max],
  };
}

/** Free text that matches a pattern as a whole. */
export function text(pattern: RegExp, rule: string, example: string): ValueType<string> {
  return {
    name: 'text',
    rule,
    example,
    schema: z
      .string()
      .max(4096, 'is longer than 4096 characters')
      .regex(pattern, 'does not have the right form'),
    format: String,
  };
}

/** Comma-separated items without duplicates; "none" is the empty list. */
export function list<T extends string>(item: ValueType<T>, most = 100): ValueType<readonly T[]> {
  return {
    name: 'list',
    rule: `a comma-separated list, each ${item.rule}; "none" for an empty list`,
    example: item.example,
    schema: z
      .string()
      .transform((value) => (value === 'none' ? [] : value.split(',').map((part) => part.trim())))
      .pipe(z.array(item.schema).max(most, `has more than ${most} items`))
      .refine((items) => new Set(items).size === items.length, 'names an item twice'),
    format: (items) => (items.length === 0 ? 'none' : items.map(item.format).join(',')),
    ...(item.show === undefined ? {} : { show: item.show }),
    ...(item.choices === undefined ? {} : { choices: item.choices }),
  };
}

/** A path as written; whether the file is there and right is checked where it is read. */
export function path(): ValueType<string> {
  return text(/^[^\0\n\r]{1,4096}$/, 'a path', '/etc/greenkube/file');
}

/** Printable ASCII without spaces, as it must fit an HTTP header. */
export function token(): ValueType<Secret> {
  return secret(/^[\x21-\x7e]{1,4096}$/, 'printable ASCII characters without spaces');
}

export function secret(pattern: RegExp, rule: string): ValueType<Secret> {
  return {
    name: 'secret',
    rule,
    example: '…',
    schema: z
      .string()
      .regex(pattern, 'does not have the right form')
      .transform((value) => new Secret(value)),
    format: String,
  };
}
