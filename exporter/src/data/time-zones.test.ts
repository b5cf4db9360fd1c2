import { describe, expect, it } from '@jest/globals';
import { REGION_TABLES } from './regions.js';
import { timeZoneOf } from './time-zones.js';

describe('time zones of grid zones', () => {
  it.each([
    ['NL', 'Europe/Amsterdam'],
    ['US-MIDW-MISO', 'America/Chicago'],
    ['DK-DK1', 'Europe/Copenhagen'],
    ['ES-CN-GC', 'Atlantic/Canary'],
    ['ES-CN-FV', 'Atlantic/Canary'], // not Madrid
    ['US-NW-GCPD', 'America/Los_Angeles'],
  ])('%s is on %s', (zone, timeZone) => expect(timeZoneOf(zone)).toBe(timeZone));

  it('of a country with several is not guessed', () => {
    expect(timeZoneOf('US')).toBeNull();
    expect(timeZoneOf('AU')).toBeNull();
    expect(timeZoneOf('')).toBeNull();
    expect(timeZoneOf('constructor')).toBeNull();
  });

  it('are known for every place of the region tables but those of whole Mexico and Indonesia', () => {
    const zones = new Set(REGION_TABLES.flatMap((table) => table.rows).map(([, gridZone]) => gridZone));
    expect([...zones].filter((zone) => timeZoneOf(zone) === null).sort()).toEqual(['ID', 'MX']);
  });

  it('are all known to the runtime', () => {
    const rows = REGION_TABLES.flatMap((table) => table.rows);
    const zones = rows.map(([, gridZone]) => timeZoneOf(gridZone)).filter((zone) => zone !== null);
    expect(zones.length).toBeGreaterThan(50);
    for (const timeZone of new Set(zones)) {
      expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
    }
  });
});
