/** BoaviztAPI's endpoints of cloud instances over a small table, answering unknown names by the closest as the real one does. */
import { startFaultyServer, type FaultyServer } from './faulty-server.js';

export interface FakeInstance {
  readonly provider: string;
  readonly type: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export async function startBoavizta(instances: readonly FakeInstance[]): Promise<FaultyServer> {
  const providers = [...new Set(instances.map(({ provider }) => provider))].toSorted();
  return startFaultyServer(({ path, params }) => {
    const provider = params.get('provider') ?? 'aws';
    const types = instances.filter((i) => i.provider === provider);
    if (path === '/v1/cloud/instance/all_providers') return { body: providers };
    if (path === '/v1/cloud/instance/all_instances') {
      if (types.length > 0) return { body: types.map(({ type }) => type) };
      return { status: 404, body: { detail: `No available data for this cloud provider (${provider})` } };
    }
    if (path !== '/v1/cloud/instance') return { status: 404, body: { detail: 'Not Found' } };
    const asked = params.get('instance_type') ?? 'a1.4xlarge';
    const exact = types.find(({ type }) => type === asked);
    const found = exact ?? types.find(({ type }) => type.split('.')[1] === asked.split('.')[1]);
    if (!found || asked === '') return { status: 404, body: { detail: `${asked} at ${provider} not found` } };
    return { body: exact ? impacts(found) : { ...impacts(found), warnings: [closest(asked, found.type)] } };
  });
}

const closest = (asked: string, type: string) =>
  `Instance '${asked}' not found; using closest match '${type}' (fuzzy match)`;

const impacts = ({ value, min, max }: FakeInstance) => ({
  impacts: {
    gwp: {
      unit: 'kgCO2eq',
      description: 'Total climate change',
      embedded: { value, min, max, warnings: ['End of life is not included in the calculation'] },
      use: { value: 500, min: 5.877, max: 2169 },
    },
  },
});
