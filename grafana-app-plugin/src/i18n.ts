/**
 * Text in the language of the Grafana that shows it. Grafana loads locales/<language>/greenkube-app.json into the i18next that it
 * shares; where it has not, the English text of the call is shown, which is that of the en-US file (a test compares them).
 */
import i18next from 'i18next';
import { APP_ID } from './constants';

export type Values = Readonly<Record<string, string | number>>;

export function t(key: string, text: string, values: Values = {}): string {
  const plain = filled(text, values);
  if (!i18next.isInitialized) return plain;
  // React escapes what it shows.
  return i18next.t(key, { ns: APP_ID, defaultValue: text, interpolation: { escapeValue: false }, ...values });
}

const filled = (text: string, values: Values): string =>
  text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
