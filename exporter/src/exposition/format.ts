/** Spelling of values and labels, the same in text format 0.0.4 and OpenMetrics 1.0. */

/** Shortest decimal that reads back as the same double; NaN, +Inf and -Inf as both formats spell them. */
export function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** Bounds and quantiles (`le`, `quantile`) as OpenMetrics' canonical numbers: always with a point or an exponent. */
export function formatBound(value: number): string {
  const text = formatNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** An integer count of 10^-decimals units as an exact decimal without trailing zeros; never goes through a double. */
export function formatScaled(amount: bigint, decimals: number): string {
  const digits = amount.toString();
  if (digits.startsWith('-')) return `-${formatScaled(-amount, decimals)}`;
  const padded = digits.padStart(decimals + 1, '0');
  const fraction = padded.slice(-decimals).replace(/0+$/, '');
  const whole = padded.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

const NEEDS_ESCAPE = /["\\\n\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** A label value between its quotes. Lone surrogates, which no UTF-8 can carry, become U+FFFD. */
export function escapeLabelValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return escapeQuoted(value.replace(LONE_SURROGATE, '\ufffd'));
}

/** HELP text of OpenMetrics escapes quotes too; that of the text format does not. */
export const escapeQuoted = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

export const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

/** `name="value"`. */
export const label = (name: string, value: string): string => `${name}="${escapeLabelValue(value)}"`;
