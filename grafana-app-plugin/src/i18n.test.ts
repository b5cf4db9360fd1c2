/** @jest-environment node */
import { describe, expect, it } from '@jest/globals';
import i18next from 'i18next';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { APP_ID } from './constants';
import { t } from './i18n';
import { ROOT } from './testing/paths';

describe('t', () => {
  it('shows the text of the call where Grafana has loaded no other', () => {
    expect(t('no.such', '{{count}} of {{all}} {{left}}', { count: 1, all: 2 })).toBe('1 of 2 {{left}}');
  });

  it('shows the text that Grafana has loaded', async () => {
    await i18next.init({
      lng: 'fr-FR',
      resources: { 'fr-FR': { [APP_ID]: { greeting: 'Bonjour {{name}}' } } },
    });
    expect(t('greeting', 'Hello {{name}}', { name: '<Zoé>' })).toBe('Bonjour <Zoé>');
    expect(t('other', 'Hello {{name}}', { name: '<Zoé>' })).toBe('Hello <Zoé>');
  });
});

describe('the English texts', () => {
  it('have no markup and no words that only a program knows', () => {
    const texts = JSON.parse(
      readFileSync(path.join(ROOT, `src/locales/en-US/${APP_ID}.json`), 'utf8'),
    ) as object;
    const all = (node: object): string[] =>
      Object.values(node).flatMap((value: string | object) =>
        typeof value === 'string' ? [value] : all(value),
      );
    expect(all(texts).length).toBeGreaterThan(100);
    expect(all(texts).filter((text) => /[<>]|undefined|null/.test(text))).toEqual([]);
  });
});
