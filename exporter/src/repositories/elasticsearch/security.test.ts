/** A server that wants to know who asks, over TLS with a certificate of an authority that nobody knows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  elasticsearchOrSkip,
  startElasticsearch,
  type ElasticsearchServer,
} from '../../../../test/servers/elasticsearch.js';
import { epochSeconds } from '../../domain/units.js';
import { podRow, resultOf, STEP, T0 } from '../../ports/testing/results.js';
import { DatabaseError } from '../errors.js';
import type { ElasticsearchOptions } from './connection.js';
import { openElasticsearchHistory, openElasticsearchStores } from './open.js';

const START_TIMEOUT_MS = 240_000;
jest.setTimeout(60_000);
const PASSWORD = 'canary-elasticsearch-password';
const RANGE = { from: T0, to: epochSeconds(T0 + 3600) };

(elasticsearchOrSkip() ? describe : describe.skip)('elasticsearch with locks on its doors', () => {
  let dir: string;
  let server: ElasticsearchServer;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'greenkube-es-security-'));
    server = await startElasticsearch({ dir, password: PASSWORD, tls: true });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, START_TIMEOUT_MS);

  const options = (over: Partial<ElasticsearchOptions>): ElasticsearchOptions => ({
    type: 'elasticsearch',
    hosts: [server.url],
    verifyCerts: true,
    ca: server.ca!,
    prefix: 'security',
    leaseSeconds: 2,
    ...over,
  });
  const basic = (username = 'elastic', password = PASSWORD) => ({ basic: { username, password } });
  const open = (over: Partial<ElasticsearchOptions>) =>
    openElasticsearchStores({ ...options(over), cluster: 'c', step: STEP });
  const refusal = async (over: Partial<ElasticsearchOptions>) => {
    const error = await open(over).then(
      async ({ ledger }) => ledger.close(),
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(DatabaseError);
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(PASSWORD);
    return error;
  };

  it('lets in a user by password, and keeps what it writes', async () => {
    const { ledger } = await open(basic());
    await ledger.commit(resultOf(T0, [podRow()]), RANGE.to);
    await ledger.close();
    const history = await openElasticsearchHistory({ ...options(basic()), step: STEP });
    expect((await history.totals({ range: RANGE, by: [], filters: {} })).total.energy).toBe(
      BigInt(podRow().energy),
    );
    await history.close();
  });

  it('lets in an API key with the rights that are documented, and no more', async () => {
    const key = (await server.request('POST', '/_security/api_key', {
      name: 'exporter',
      role_descriptors: {
        exporter: {
          cluster: ['manage_index_templates', 'monitor'],
          indices: [{ names: ['keyed.*'], privileges: ['manage', 'read', 'write'] }],
        },
      },
    })) as { encoded: string };
    const { ledger } = await open({ apiKey: key.encoded, prefix: 'keyed' });
    for (let n = 0; n < 12; n++) await ledger.commit(resultOf(T0 + n * STEP, [podRow()]), RANGE.to);
    await ledger.prune({ raw: RANGE.to, hour: RANGE.to, day: null });
    await ledger.close();
    expect(await refusal({ apiKey: key.encoded, prefix: 'other' })).toMatchObject({ problem: 'denied' });
  });

  it.each([
    ['a wrong password', () => basic('elastic', `${PASSWORD}-not`), 'denied', /check ELASTICSEARCH_USER/],
    ['an unknown key', () => ({ apiKey: Buffer.from('a:b').toString('base64') }), 'denied', /API key/],
    ['nobody', () => ({}), 'denied', /401/],
    [
      'a certificate that is not known',
      () => ({ ...basic(), ca: undefined as never }),
      'unreachable',
      /certificate/,
    ],
  ])('refuses %s with a plain word', async (_, over, problem, message) => {
    expect(await refusal(over())).toMatchObject({ problem, message: expect.stringMatching(message) });
  });

  it('takes any certificate when it is told to', async () => {
    const { ledger } = await open({ ...basic(), ca: undefined as never, verifyCerts: false });
    await ledger.close();
  });
});
