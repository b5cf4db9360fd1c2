/** The one way from flags, environment, .env and files to the configuration, or to everything that is wrong with them. */
import type { z } from 'zod';
import { BUDGETS, SCI, settleBudgets } from './analysis-files.js';
import { build, withDependentDefaults, type FileContents, type Settled } from './build.js';
import { crossCheck, warningsOf } from './checks.js';
import {
  NODE_PRICES,
  POWER_PROFILES,
  readJsonFile,
  readPemFile,
  ZONE_MAP,
  type FileResult,
} from './files.js';
import { mistake, NOT_SHOWN, quote, type Mistake } from './mistake.js';
import type { Config, EffectiveRow } from './model.js';
import { applyPreset } from './preset.js';
import { REDACTED, Secret } from './secret.js';
import { collect, type Given, type Sources } from './sources.js';
import { rowOf, ROWS, SCHEMA, type Key, type Values } from './table.js';

export interface LoadInput extends Sources {
  /** Whether the log goes to a terminal; decides the default of LOG_FORMAT. */
  readonly isTerminal?: boolean;
  /** Whether a code is a grid zone; without it only the form of a code is checked. */
  readonly isGridZone?: (code: string) => boolean;
}

export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Never throws for what an operator wrote; reads nothing but by `readFile`. */
export function loadConfig(input: LoadInput): LoadResult {
  const collected = collect(input);
  const { given, mistakes: contradictions } = applyPreset(collected.given);
  const { values, bad, mistakes: invalid } = parseValues(given);
  const isSet = (key: Key) => given.has(key) && given.get(key)!.origin !== 'preset';
  const files = readFiles(values, input);
  const mistakes = [
    ...collected.mistakes,
    ...contradictions,
    ...invalid,
    ...files.mistakes,
    ...crossCheck({ values, isSet }, new Set([...bad, ...collected.unreadable])),
  ];
  if (mistakes.length > 0) return { ok: false, mistakes };
  const settled = withDependentDefaults(values, input.isTerminal ?? false);
  const warnings = [...collected.warnings, ...warningsOf({ values, isSet })];
  return { ok: true, config: build(settled, files.contents, effectiveRows(settled, given)), warnings };
}

/** Values of all keys, invalid ones at their defaults so that the rest can still be checked. */
function parseValues(given: ReadonlyMap<Key, Given>) {
  const texts = Object.fromEntries([...given].map(([key, { text }]) => [key, text]));
  const result = SCHEMA.safeParse(texts);
  if (result.success) return { values: result.data, bad: new Set<Key>(), mistakes: [] };
  const issues = firstOfEach(result.error.issues);
  const valid = Object.fromEntries(Object.entries(texts).filter(([key]) => !issues.has(key as Key)));
  const mistakes = [...issues].map(([key, issue]) => invalidValue(given.get(key)!, key, issue));
  return { values: SCHEMA.parse(valid), bad: new Set(issues.keys()), mistakes };
}

function firstOfEach(issues: readonly z.core.$ZodIssue[]): ReadonlyMap<Key, z.core.$ZodIssue> {
  const first = new Map<Key, z.core.$ZodIssue>();
  for (const issue of issues) {
    const key = issue.path[0] as Key;
    if (!first.has(key)) first.set(key, issue);
  }
  return first;
}

/** Defaults that are no example of a value. */
const NOTHING: readonly (string | null)[] = [null, 'none', 'unknown'];

function invalidValue({ text, name }: Given, key: Key, issue: z.core.$ZodIssue): Mistake {
  const { type, secret, default: fallback } = rowOf(key);
  const shown = secret ? NOT_SHOWN : quote(type.show?.(text) ?? text);
  const fix = issue.code === 'custom' ? (issue.params?.['fix'] as string | undefined) : undefined;
  return mistake(key, {
    wrong: issue.message,
    got: name === key ? shown : `${shown} from ${name}`,
    rule: `must be ${type.rule}`,
    fix:
      fix ??
      (secret
        ? 'set another value'
        : `for example ${key}=${NOTHING.includes(fallback) ? type.example : fallback}`),
  });
}

function readFiles(values: Values, { readFile, isGridZone = () => true }: LoadInput) {
  const mistakes: Mistake[] = [];
  function content<T>(key: Key, read: (key: Key, path: string) => FileResult<T>): T | null {
    const path = values[key];
    if (typeof path !== 'string') return null;
    const result = read(key, path);
    if ('value' in result) return result.value;
    mistakes.push(...result.mistakes);
    return null;
  }
  content('TLS_CERT_FILE', (key, path) => readPemFile(key, path, 'certificate', readFile));
  content('TLS_KEY_FILE', (key, path) => readPemFile(key, path, 'key', readFile));
  content('TLS_CLIENT_CA_FILE', (key, path) => readPemFile(key, path, 'certificate', readFile));
  const written = content('BUDGETS_FILE', (key, path) => readJsonFile(key, path, BUDGETS, readFile)) ?? [];
  const { budgets, mistakes: unfit } = settleBudgets(written, values);
  mistakes.push(...unfit);
  const prices = content('NODE_PRICES_FILE', (key, path) => readJsonFile(key, path, NODE_PRICES, readFile));
  const contents: FileContents = {
    prometheusCa: content('PROMETHEUS_CA_FILE', (key, path) =>
      readPemFile(key, path, 'certificate', readFile),
    ),
    zoneMap: content('ZONE_MAP_FILE', (key, path) => readJsonFile(key, path, ZONE_MAP, readFile)) ?? {},
    powerProfiles:
      content('POWER_PROFILES_FILE', (key, path) => readJsonFile(key, path, POWER_PROFILES, readFile)) ?? {},
    nodePrices: prices?.rows ?? [],
    budgets,
    units: content('SCI_FILE', (key, path) => readJsonFile(key, path, SCI, readFile)) ?? [],
  };
  if (prices !== null && prices.currency !== values.CURRENCY)
    mistakes.push(otherCurrency(prices.currency, values));
  mistakes.push(...unknownZones(values, contents, isGridZone));
  return { contents, mistakes };
}

function otherCurrency(currency: string, { CURRENCY, NODE_PRICES_FILE }: Values): Mistake {
  return mistake('NODE_PRICES_FILE', {
    wrong: `has prices in ${currency} while CURRENCY=${CURRENCY}`,
    got: quote(NODE_PRICES_FILE ?? ''),
    rule: 'all prices must be in one currency',
    fix: `set CURRENCY=${currency}`,
  });
}

function unknownZones(
  { DEFAULT_ZONE: zone }: Values,
  { zoneMap }: FileContents,
  isGridZone: (code: string) => boolean,
): readonly Mistake[] {
  const rule = 'must be a zone of Electricity Maps';
  const fix = 'see https://app.electricitymaps.com/map for the codes';
  const named = Object.entries(zoneMap).filter(([, code]) => !isGridZone(code));
  return [
    ...(zone === 'unknown' || isGridZone(zone)
      ? []
      : [mistake('DEFAULT_ZONE', { wrong: 'is not a known grid zone', got: quote(zone), rule, fix })]),
    ...named.map(([place, code]) =>
      mistake('ZONE_MAP_FILE', {
        wrong: `maps ${quote(place)} to no known grid zone`,
        got: quote(code),
        rule,
        fix,
      }),
    ),
  ];
}

function effectiveRows(values: Settled, given: ReadonlyMap<Key, Given>): readonly EffectiveRow[] {
  return ROWS.map(({ key, group, format }) => {
    const { origin, name } = given.get(key) ?? { origin: 'default' as const, name: '' };
    const value: unknown = values[key];
    return { key, group, value: value instanceof Secret ? REDACTED : format(value), origin, name };
  });
}

/** Every key in effect with its value, origin and name, secrets redacted, in the order of the documentation. */
export const effectiveConfig = (config: Config): readonly EffectiveRow[] => config.effective;
