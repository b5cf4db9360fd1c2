import { describe, expect, it } from '@jest/globals';
import type { Tables } from '../tables.js';
import { resolveZone } from './zone.js';

const ZONES: Readonly<Record<string, string>> = {
  'aws/eu-west-3': 'FR',
  'aws/us-west-2': 'US-NW-BPAT',
  'aws/us-west-2-lax-1a': 'US-CAL-CISO',
  'alibaba/eu-west-1': 'GB',
};
const tables: Pick<Tables, 'gridZone' | 'isGridZone'> = {
  gridZone: (provider, name) => ZONES[`${provider}/${name}`] ?? null,
  isGridZone: (code) => ['FR', 'GB', 'DE', 'US-MIDA-PJM', 'US-NW-BPAT', 'US-CAL-CISO'].includes(code),
};
const none = { zoneMap: {}, defaultZone: '' };
const site = (region: string, zone = '', labels: Record<string, string> = {}) => ({ region, zone, labels });

describe('grid zone of a node', () => {
  it('follows the availability zone before the region', () => {
    expect(resolveZone(site('us-west-2', 'us-west-2-lax-1a'), 'aws', tables, none)).toEqual({
      gridZone: 'US-CAL-CISO',
      source: 'provider-zone',
      reasons: [],
    });
    expect(resolveZone(site('us-west-2', 'us-west-2-zzz-1a'), 'aws', tables, none)).toEqual({
      gridZone: 'US-NW-BPAT',
      source: 'provider-region',
      reasons: [],
    });
  });

  it.each([
    ['zone alone', { 'us-west-2-lax-1a': 'DE' }],
    ['region', { 'us-west-2': 'DE' }],
    ['provider and region', { 'aws/us-west-2': 'DE', 'us-west-2': 'FR' }],
    ['zone before region', { 'us-west-2-lax-1a': 'DE', 'aws/us-west-2': 'FR' }],
  ])("takes the operator's map over the tables: %s", (_case, zoneMap) => {
    const node = site('us-west-2', 'us-west-2-lax-1a');
    expect(resolveZone(node, 'aws', tables, { zoneMap, defaultZone: 'GB' })).toMatchObject({
      gridZone: 'DE',
      source: 'override',
      reasons: [],
    });
  });

  it('ignores entries of the map for other places', () => {
    const zoneMap = { 'gcp/eu-west-3': 'DE', '': 'DE', 'aws/': 'DE' };
    expect(resolveZone(site('eu-west-3'), 'aws', tables, { ...none, zoneMap }).gridZone).toBe('FR');
    expect(resolveZone(site('constructor'), 'aws', tables, none).source).toBe('none');
  });

  it.each(['greenkube.io/grid-zone', 'greenkube_io_grid_zone'])(
    'takes the label %s over everything',
    (key) => {
      const node = site('eu-west-3', 'eu-west-3a', { [key]: 'us-mida-pjm' });
      const settings = { zoneMap: { 'eu-west-3': 'DE' }, defaultZone: 'GB' };
      expect(resolveZone(node, 'aws', tables, settings)).toMatchObject({
        gridZone: 'US-MIDA-PJM',
        source: 'override',
      });
    },
  );

  it('takes an override that the tables do not know at its word', () => {
    const node = site('eu-west-3', '', { 'greenkube.io/grid-zone': 'campus-1' });
    expect(resolveZone(node, 'aws', tables, none).gridZone).toBe('campus-1');
  });

  it('reads a topology label that is itself a zone code', () => {
    expect(resolveZone(site('FR', 'rack-4'), '', tables, none)).toEqual({
      gridZone: 'FR',
      source: 'label',
      reasons: [],
    });
    expect(resolveZone(site('DE', 'FR'), '', tables, none).gridZone).toBe('FR');
  });

  it('does not read a region by its look when the provider is unknown', () => {
    expect(resolveZone(site('eu-west-3', 'eu-west-3a'), '', tables, none)).toEqual({
      gridZone: '',
      source: 'none',
      reasons: ['ZONE_DEFAULT'],
    });
    expect(resolveZone(site('eu-west-1'), 'aws', tables, none).gridZone).toBe('');
    expect(resolveZone(site('eu-west-1'), 'alibaba', tables, none).gridZone).toBe('GB');
  });

  it('falls to the default zone and says so', () => {
    expect(resolveZone(site(''), '', tables, { zoneMap: {}, defaultZone: 'DE' })).toEqual({
      gridZone: 'DE',
      source: 'default',
      reasons: ['ZONE_DEFAULT'],
    });
  });
});
