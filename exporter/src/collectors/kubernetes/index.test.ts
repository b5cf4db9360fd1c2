import { afterAll, beforeAll } from '@jest/globals';
import { inventorySourceContract } from '../../ports/inventory-source.contract.js';
import {
  Bench,
  CLAIMS,
  claim,
  NAMESPACES,
  node,
  NODES,
  owned,
  pod,
  PODS,
  REPLICA_SETS,
} from './testing/bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
  const { server } = bench;
  for (const name of ['n1', 'n2']) server.put(NODES, node(name));
  server.put(NAMESPACES, { metadata: { name: 'shop', uid: 'shop' } });
  server.put(CLAIMS, claim('data', '10Gi'));
  server.put(REPLICA_SETS, owned('rs', 'web-1', { kind: 'Deployment', name: 'web' }));
  server.put(PODS, pod({ name: 'web', owner: { kind: 'ReplicaSet', name: 'web-1', uid: 'rs' } }));
  server.put(PODS, pod({ name: 'db', claim: 'data' }));
});
afterAll(() => bench.close());

inventorySourceContract('a fake API server', async () => bench.open());
