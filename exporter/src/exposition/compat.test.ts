import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import * as u from '../domain/units.js';
import type { SnapshotInput } from './metric-row.js';
import { createExposition } from './document.js';
import { renderSnapshot } from './render.js';
import * as f from './testing/fixtures.js';
import { parseExposition } from './testing/parse.js';
import { SMALL } from './testing/small.js';

function compatOf(input: SnapshotInput, maxSeries = 100_000): string {
  const exposition = createExposition([]);
  exposition.publish(renderSnapshot(input, { detail: 'pod', maxSeries, compat: true }));
  return gunzipSync(exposition.current()!.compat!.gzip).toString('utf8');
}

const samples = (document: string): string[] =>
  document.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('the names of GreenKube 0.2', () => {
  it('say what the snapshot says', () => {
    const inDollars = { ...SMALL, latest: { ...SMALL.latest!, currency: 'USD' } };
    const cart = '{cluster="prod",namespace="shop",pod="cart-1",node="n1",region="eu-west-3"}';
    const n2 =
      '{node="n2",instance_type="m5.large",zone="eu-west-3a",region="eu-west-3",cloud_provider="aws",architecture="amd64"}';
    expect(samples(compatOf(inDollars))).toEqual(
      expect.arrayContaining([
        `greenkube_pod_co2e_grams${cart} 0.05`,
        `greenkube_pod_embodied_co2e_grams${cart} 0.025`,
        `greenkube_pod_cost_dollars${cart} 0.001`,
        `greenkube_pod_energy_joules${cart} 3000`,
        `greenkube_pod_cpu_request_millicores${cart} 500`,
        `greenkube_pod_cpu_usage_millicores${cart} 200`,
        `greenkube_pod_memory_usage_bytes${cart} 50000000`,
        `greenkube_pod_cpu_efficiency_ratio${cart} 0.4`,
        `greenkube_pue${cart} 1.15`,
        `greenkube_grid_intensity_gco2_kwh${cart} 50`,
        'greenkube_namespace_energy_joules_total{cluster="prod",namespace="shop"} 4500',
        'greenkube_namespace_pod_count{cluster="prod",namespace="shop"} 2',
        'greenkube_cluster_co2e_grams_total{cluster="prod"} 0.075',
        'greenkube_cluster_namespace_count{cluster="prod"} 1',
        `greenkube_node_embodied_emissions_kg${n2} 250`,
        'greenkube_last_collection_timestamp_seconds 1773000300',
      ]),
    );
  });

  it('are strictly written gauges', () => {
    const families = [...parseExposition(compatOf(SMALL), 'text').values()];
    expect(families.length).toBeGreaterThan(25);
    expect(families.filter(({ type }) => type !== 'gauge')).toEqual([]);
  });

  it('name no dollars where the currency is another', () => {
    expect(compatOf(SMALL)).not.toContain('dollars');
  });

  it('leave out the smallest pods past the cap, but not from their namespace', () => {
    const lines = samples(compatOf(f.cluster(1000, 2), 1700));
    const energies = lines.filter((line) => line.startsWith('greenkube_pod_energy_joules{'));
    expect(energies).toHaveLength(100);
    expect(lines).toContain('greenkube_namespace_pod_count{cluster="prod",namespace="team-0"} 500');
  });

  it('say nothing about an interval that is long past', () => {
    expect(compatOf({ ...SMALL, at: u.epochSeconds(f.AT + 7200) })).toBe('');
  });

  it('are not rendered unless asked for', () => {
    expect(renderSnapshot(SMALL, { detail: 'pod', maxSeries: 1000 }).compat).toBeNull();
  });
});
