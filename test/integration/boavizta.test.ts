/**
 * The collector against a real BoaviztAPI. It is not among the servers that REQUIRE_SERVERS asks for: it takes 381 MB of PyPI, and
 * its recorded answers are tested beside the collector.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBoavizta, type BoaviztaProvider } from '../../exporter/src/collectors/boavizta/index.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { findBoavizta, startBoavizta, type BoaviztaServer } from '../servers/boavizta.js';

const found = findBoavizta() !== null;
if (!found) console.log('skipped: BoaviztAPI is not installed, install by test/servers/boaviztapi/build.sh');

(found ? describe : describe.skip)('a real BoaviztAPI', () => {
  const dir = mkdtempSync(join(tmpdir(), 'greenkube-boavizta-'));
  let server: BoaviztaServer;
  let provider: BoaviztaProvider;

  beforeAll(async () => {
    server = await startBoavizta(dir);
    provider = createBoavizta({ url: server.url, clock: { now: () => epochSeconds(1_767_268_800) } });
  }, 90_000);
  afterAll(async () => {
    await provider?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each([
    ['aws', 'm5.xlarge', 48, ''],
    ['azure', 'Standard_D4s_v3', 49, ''],
    ['gcp', 'e2-standard-4', 57, ''],
    ['ovh', 'b2-7', 69, ''],
    ['scaleway', 'DEV1-M', 31, ''],
    ['aws', 'm99.xlarge', 44, 'm5a.xlarge'],
  ])('answers %s %s by %d kg', async (ours, type, total, closestMatch) => {
    const outcome = await provider.of(ours, type);
    expect(outcome).toMatchObject({ ok: true, value: { total, closestMatch } });
    if (outcome.ok && outcome.value) {
      expect(outcome.value.band.lo).toBeGreaterThan(0);
      expect(outcome.value.band.hi).toBeGreaterThan(0);
    }
  });

  it.each([
    ['aws', 'nope.large'],
    ['gcp', 'custom-4-16384'],
    ['hetzner', 'cx21'],
  ])('does not know %s %s', async (ours, type) => {
    expect(await provider.of(ours, type)).toMatchObject({ ok: true, value: null });
  });
});
