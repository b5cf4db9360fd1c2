import { describe, expect, it } from '@jest/globals';
import type { Tables } from '../tables.js';
import { resolvePue } from './pue.js';

const band = { lo: 100, hi: 200 };
const tables: Pick<Tables, 'providerPue' | 'defaultPue'> = {
  providerPue: (provider) => (provider === 'aws' ? { pue: 1.15, band, source: 'AWS', year: 2024 } : null),
  defaultPue: { pue: 1.56, band: { lo: 300, hi: 300 }, source: 'survey', year: 2024 },
};
const none = { pue: null, pueByProvider: {}, defaultPue: 1.56 };
const node = (labels: Record<string, string> = {}) => ({ labels });
const labelled = node({ 'greenkube.io/pue': '1.3' });

describe('PUE of a node', () => {
  it('is the setting over everything, taken as known', () => {
    const settings = { ...none, pue: 1.1, pueByProvider: { aws: 1.2 } };
    expect(resolvePue(labelled, 'aws', tables, settings)).toEqual({
      pue: 1.1,
      source: 'setting:PUE',
      band: { lo: 0, hi: 0 },
      reasons: [],
      problem: '',
    });
  });

  it.each(['greenkube.io/pue', 'greenkube_io_pue'])("is the node's label %s before its provider's", (key) => {
    const settings = { ...none, pueByProvider: { aws: 1.2 } };
    expect(resolvePue(node({ [key]: '1.3' }), 'aws', tables, settings)).toMatchObject({
      pue: 1.3,
      source: 'label:greenkube.io/pue',
    });
  });

  it("is PUE_<PROVIDER> before the provider's published mean", () => {
    const settings = { ...none, pueByProvider: { aws: 1.2 } };
    expect(resolvePue(node(), 'aws', tables, settings)).toMatchObject({
      pue: 1.2,
      source: 'setting:PUE_AWS',
    });
    expect(resolvePue(node(), 'aws', tables, { ...none, pueByProvider: { gcp: 1.2 } })).toMatchObject({
      pue: 1.15,
      source: 'provider:aws',
      band,
      reasons: [],
    });
  });

  it('is the configured default for the rest, and says so', () => {
    for (const provider of ['', 'hetzner', 'constructor']) {
      expect(resolvePue(node(), provider, tables, { ...none, defaultPue: 1.4 })).toEqual({
        pue: 1.4,
        source: 'default',
        band: { lo: 300, hi: 300 },
        reasons: ['PUE_DEFAULT'],
        problem: '',
      });
    }
  });

  it.each(['0.9', '5.1', 'low', '-1.2', '1,2', '0x2', '1e0', 'NaN', 'Infinity'])(
    'passes over the label "%s" and says why',
    (text) => {
      expect(resolvePue(node({ 'greenkube.io/pue': text }), 'aws', tables, none)).toMatchObject({
        pue: 1.15,
        problem: `node label greenkube.io/pue="${text}" must be a number from 1 to 5`,
      });
    },
  );

  it.each(['1', '1.0', '5'])('takes the label "%s"', (text) => {
    expect(resolvePue(node({ 'greenkube.io/pue': text }), '', tables, none)).toMatchObject({
      pue: Number(text),
      problem: '',
    });
  });
});
