import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { negotiate } from './negotiate.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const OLD_OPENMETRICS = 'application/openmetrics-text; version=0.0.1; charset=utf-8';

describe('negotiate, by Accept', () => {
  const cases: readonly [string, string | undefined, string][] = [
    ['nothing', undefined, TEXT],
    ['curl', '*/*', TEXT],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', TEXT],
    [
      'Prometheus 2.42',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPENMETRICS,
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      OPENMETRICS,
    ],
    [
      'Prometheus asking for protobuf first',
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      OPENMETRICS,
    ],
    ['text first', 'text/plain;version=0.0.4;q=0.9, application/openmetrics-text;version=1.0.0;q=0.5', TEXT],
    [
      'Prometheus 2.5',
      'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OLD_OPENMETRICS,
    ],
    ['OpenMetrics of any version', 'application/openmetrics-text', OPENMETRICS],
    ['a version in quotes', 'application/openmetrics-text; Version="1.0.0"', OPENMETRICS],
    ['an unknown version', 'application/openmetrics-text;version=7.0.0', TEXT],
    ['any text', 'text/*', TEXT],
    ['any text but plain', 'application/*;q=0.1, text/*, text/plain;q=0', OPENMETRICS],
    ['nothing of ours', 'application/json', TEXT],
    ['an empty header', '', TEXT],
    ['a q that is none', 'application/openmetrics-text;q=high', TEXT],
  ];
  it.each(cases)('%s', (_, accept, contentType) => {
    const format = contentType === TEXT ? 'text' : 'openmetrics';
    expect(negotiate(accept, undefined)).toEqual({ format, gzip: false, contentType });
  });
});

describe('negotiate, by Accept-Encoding', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['br, gzip;q=0.5', true],
    ['gzip;q=0', false],
    ['identity, *;q=0', false],
    ['*', true],
    ['*, gzip;q=0', false],
    ['deflate, br', false],
    ['x-gzip', true],
  ])('%s: %s', (header, gzip) => {
    expect(negotiate('*/*', header).gzip).toBe(gzip);
  });
});

describe('any header', () => {
  it('gets a document', () => {
    const header = fc.string({ unit: fc.constantFrom(...'abq=;,/*"1.0 \\') });
    fc.assert(
      fc.property(header, header, (accept, encoding) => {
        expect([TEXT, OPENMETRICS, OLD_OPENMETRICS]).toContain(negotiate(accept, encoding).contentType);
      }),
    );
  });
});
