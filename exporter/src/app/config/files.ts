/** The files that keys point to: read once at the start and checked as strictly as the keys themselves. */
import { z } from 'zod';
import type { PowerProfile } from '../../domain/energy/power-profile.js';
import { wattsPerVcpu } from '../../domain/units.js';
import { parseJson } from './json-text.js';
import { mistake, quote, type Mistake } from './mistake.js';
import { reasonOf } from './sources.js';
import type { Key } from './table.js';

/** Price of capacity in one place; an absent provider or region matches any. */
export interface NodePriceRow {
  readonly provider: string | null;
  readonly region: string | null;
  readonly instanceType: string;
  readonly cpuCoreHour: number;
  /** Per GiB. */
  readonly ramGbHour: number;
}

export interface NodePriceTable {
  readonly currency: string;
  readonly rows: readonly NodePriceRow[];
}

/** What a file of a key must hold: its rule, a fix, and the check of its JSON. */
export interface FileKind<T> {
  readonly rule: string;
  readonly fix: string;
  readonly check: (json: unknown) => { readonly value: T } | { readonly wrong: readonly string[] };
}

/** Check by a schema; each objection starts with the field it is about. */
export const by =
  <T>(schema: z.ZodType<T, unknown>): FileKind<T>['check'] =>
  (json) => {
    const result = schema.safeParse(json);
    return result.success ? { value: result.data } : { wrong: result.error.issues.map(inFile) };
  };

function inFile(issue: z.core.$ZodIssue): string {
  const words = wordsOf(issue);
  if (issue.path.length === 0) return words;
  const field = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return `${quote(field.replace(/^\./, ''))} ${words}`;
}

const wordsOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys'
    ? `has an unknown field ${issue.keys.map(quote).join(', ')}`
    : issue.message;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/ -]{0,127}$/;
const name = z.string('is not a text').regex(NAME, 'is empty or has a character that is not allowed');

/** "m5.xlarge", "m5", either after "aws/", or "*". */
const PROFILE_KEY = /^(?:\*|(?:[a-z]+\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,127})$/;

/** An object of free keys; z.record would pass over "__proto__" in silence. */
function dictionary<T, R>(
  value: z.ZodType<T, unknown>,
  keys: RegExp,
  make: (value: T, key: string) => R,
): z.ZodType<Readonly<Record<string, R>>, unknown> {
  return z.unknown().transform((input, context): Readonly<Record<string, R>> => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      context.addIssue({ code: 'custom', message: 'is not an object' });
      return z.NEVER;
    }
    const entries = Object.entries(input).map(([key, raw]): [string, R] => {
      if (!keys.test(key))
        context.addIssue({ code: 'custom', message: 'is not a name that can stand here', path: [key] });
      const result = value.safeParse(raw);
      if (result.success) return [key, make(result.data, key)];
      for (const issue of result.error.issues) {
        context.addIssue({ code: 'custom', message: wordsOf(issue), path: [key, ...issue.path] });
      }
      return [key, z.NEVER];
    });
    return Object.assign(Object.create(null) as Record<string, R>, Object.fromEntries(entries));
  });
}

const zoneCode = z
  .string('is not a text')
  .regex(/^[A-Z]{2}(?:-[A-Z0-9]{1,5}){0,3}$/, 'is not a grid zone code');

export const ZONE_MAP: FileKind<Readonly<Record<string, string>>> = {
  rule: 'must be a JSON object from "provider/region", region or availability zone to a zone code of Electricity Maps',
  fix: 'for example {"onprem/paris": "FR"}',
  check: by(dictionary(zoneCode, NAME, (code) => code)),
};

const power = z.number('is not a number of watts').min(0, 'is below 0').max(100, 'is above 100 W per vCPU');
const quantiles = z
  .union(
    [
      power.transform((w) => ({ low: w, central: w, high: w })),
      z.strictObject({ low: power, central: power, high: power }),
    ],
    'is neither watts per vCPU from 0 to 100 nor {"low", "central", "high"} of these',
  )
  .refine(
    ({ low, central, high }) => low <= central && central <= high,
    'does not rise from low to central to high',
  )
  .transform(({ low, central, high }) => ({
    low: wattsPerVcpu(low),
    central: wattsPerVcpu(central),
    high: wattsPerVcpu(high),
  }));

const profile = z
  .strictObject(
    {
      idle: quantiles,
      full: quantiles,
      memoryGbPerVcpu: z
        .number('is not a number of GB')
        .min(0, 'is below 0')
        .max(1024, 'is above 1024 GB')
        .nullable()
        .default(null),
      source: z
        .string('is missing or not a text')
        .min(1, 'is empty')
        .max(200, 'is longer than 200 characters'),
      year: z.int('is missing or not a year').min(1990, 'is before 1990').max(2100, 'is after 2100'),
    },
    'is not an object',
  )
  .refine(({ idle, full }) => idle.central <= full.central, 'has more power idle than at full load')
  .transform((fields) => ({ ...fields, reasons: [] }));

export const POWER_PROFILES: FileKind<Readonly<Record<string, PowerProfile>>> = {
  rule: 'must be a JSON object from instance type or family to {"idle", "full", "source", "year"}, in watts per vCPU',
  fix: 'for example {"m5": {"idle": 1.1, "full": 4.2, "source": "own meter", "year": 2025}}',
  check: by(dictionary(profile, PROFILE_KEY, (fields, key) => ({ name: `custom:${key}`, ...fields }))),
};

const price = z.number('is not a price').min(0, 'is below 0').max(1_000_000, 'is above 1000000');

export const NODE_PRICES: FileKind<NodePriceTable> = {
  rule: 'must be {"currency", "rows"}, each row {"instanceType", "cpuCoreHour", "ramGbHour"} and, if need be, "provider", "region"',
  fix: 'for example {"currency": "EUR", "rows": [{"instanceType": "m5.large", "cpuCoreHour": 0.03, "ramGbHour": 0.004}]}',
  check: by(
    z.strictObject(
      {
        currency: z
          .string('is missing or not a text')
          .regex(/^[A-Z]{3}$/, 'is not a currency code of three capital letters'),
        rows: z
          .array(
            z.strictObject({
              provider: name.nullable().default(null),
              region: name.nullable().default(null),
              instanceType: name,
              cpuCoreHour: price,
              ramGbHour: price,
            }),
            'is missing or not a list',
          )
          .max(10_000, 'has more than 10000 rows'),
      },
      'is not an object',
    ),
  ),
};

export type FileResult<T> = { readonly value: T } | { readonly mistakes: readonly Mistake[] };

type ReadFile = (path: string) => string;

function readFor(
  key: Key,
  path: string,
  { rule, fix }: Pick<FileKind<unknown>, 'rule' | 'fix'>,
  readFile: ReadFile,
) {
  try {
    return { content: readFile(path) };
  } catch (error) {
    return {
      mistakes: [mistake(key, { wrong: `cannot be read: ${reasonOf(error)}`, got: quote(path), rule, fix })],
    };
  }
}

/** Read and check the JSON file that `key` names; mistakes name the line or the field, at most ten of them. */
export function readJsonFile<T>(
  key: Key,
  path: string,
  kind: FileKind<T>,
  readFile: ReadFile,
): FileResult<T> {
  const read = readFor(key, path, kind, readFile);
  if (read.content === undefined) return { mistakes: read.mistakes };
  const say = (wrong: string) => mistake(key, { wrong, got: quote(path), rule: kind.rule, fix: kind.fix });
  const json = parseJson(read.content);
  if (!json.ok) return { mistakes: [say(`is not JSON at line ${json.line}`)] };
  const checked = kind.check(json.value);
  return 'wrong' in checked ? { mistakes: checked.wrong.slice(0, 10).map(say) } : checked;
}

const PEM = {
  certificate: /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/,
  key: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
};

/** Read a PEM file and see that it holds what it should; the content of a private key is in no message. */
export function readPemFile(
  key: Key,
  path: string,
  holds: keyof typeof PEM,
  readFile: ReadFile,
): FileResult<string> {
  const kind = {
    rule: `must be a PEM file with a ${holds === 'key' ? 'private key' : 'certificate'}`,
    fix: 'correct the path or the file',
  };
  const read = readFor(key, path, kind, readFile);
  if (read.content === undefined) return { mistakes: read.mistakes };
  if (PEM[holds].test(read.content)) return { value: read.content };
  const wrong = `holds no ${holds === 'key' ? 'private key' : 'certificate'}`;
  return { mistakes: [mistake(key, { wrong, got: quote(path), ...kind })] };
}
