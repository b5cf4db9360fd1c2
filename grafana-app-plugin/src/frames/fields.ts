/** Pieces of data frames: fields with their units, and the notices that a figure must not be shown without. */
import {
  FieldType,
  type DataFrame,
  type Field,
  type FieldConfig,
  type Labels,
  type QueryResultMetaNotice,
} from '@grafana/data';
import { percent } from '../format/quantity';
import { t } from '../i18n';

/** Ids of Grafana's units. There is none for CO2e: what it is of stands in the name. */
export const UNIT = {
  joules: 'joule',
  grams: 'massg',
  watts: 'watt',
  ratio: 'percentunit',
  bytes: 'bytes',
  gramsPerKwh: 'suffix:g/kWh',
} as const;

/** Currencies that Grafana has a unit for; others are written before the amount. */
const KNOWN_CURRENCIES = new Set([
  'USD',
  'GBP',
  'EUR',
  'JPY',
  'BRL',
  'DKK',
  'ISK',
  'NOK',
  'SEK',
  'CZK',
  'CHF',
  'PLN',
  'ZAR',
  'INR',
  'KRW',
]);
export const currencyUnit = (code: string): string =>
  KNOWN_CURRENCIES.has(code) ? `currency${code}` : `currency:${code} `;

interface Extra {
  readonly unit?: string;
  readonly labels?: Labels;
  readonly displayName?: string;
  readonly description?: string;
  readonly custom?: Record<string, unknown>;
}

function field<T>(name: string, type: FieldType, values: readonly T[], extra: Extra): Field<T> {
  const { unit, labels, displayName, description, custom } = extra;
  const config: FieldConfig = {
    ...(unit !== undefined && { unit }),
    ...(displayName !== undefined && { displayNameFromDS: displayName }),
    ...(description !== undefined && { description }),
    ...(custom !== undefined && { custom }),
  };
  return { name, type, values: [...values], config, ...(labels !== undefined && { labels: { ...labels } }) };
}

export const numbers = (
  name: string,
  values: readonly (number | null)[],
  extra: Extra = {},
): Field<number | null> => field(name, FieldType.number, values, extra);
export const strings = (name: string, values: readonly string[], extra: Extra = {}): Field<string> =>
  field(name, FieldType.string, values, extra);
export const booleans = (name: string, values: readonly boolean[], extra: Extra = {}): Field<boolean> =>
  field(name, FieldType.boolean, values, extra);
/** RFC 3339 or null. */
export const times = (
  name: string,
  values: readonly (string | null)[],
  extra: Extra = {},
): Field<number | null> =>
  field(
    name,
    FieldType.time,
    values.map((text) => (text === null ? null : Date.parse(text))),
    extra,
  );
/** Seconds since the epoch. */
export const seconds = (name: string, values: readonly number[]): Field<number> =>
  field(
    name,
    FieldType.time,
    values.map((s) => s * 1000),
    {},
  );

export function frame(name: string, fields: readonly Field[], meta: DataFrame['meta'] = {}): DataFrame {
  return { name, fields: [...fields], length: fields[0]?.values.length ?? 0, meta };
}

interface Quality {
  readonly coverage: number;
  readonly estimated_ratio: number | null;
}

/** What must be said beside a figure: how much of it no meter read, and how much of the range is missing. */
export function qualityNotices({ coverage, estimated_ratio: estimated }: Quality): QueryResultMetaNotice[] {
  const notices: QueryResultMetaNotice[] = [];
  if (coverage < 1) {
    const text = t('notices.incomplete', 'Incomplete: {{known}} of the range is known.', {
      known: percent(coverage),
    });
    notices.push({ severity: 'warning', text });
  }
  if (estimated !== null && estimated > 0) {
    const text = t('notices.estimated', '{{share}} of the energy is estimated, not measured.', {
      share: percent(estimated),
    });
    notices.push({ severity: 'info', text });
  }
  return notices;
}

export const cutNotice = (): QueryResultMetaNotice => ({
  severity: 'warning',
  text: t('notices.cut', 'There are more rows than were read: filter, or group by less.'),
});
