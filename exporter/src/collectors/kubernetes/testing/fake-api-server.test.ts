/** The fake answers in the shapes in which a real API server (v1.37) was recorded to answer; see samples/. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { request as send } from 'node:https';
import { join } from 'node:path';
import { TEST_CERTIFICATE } from '../../../net/testing/certificate.js';
import { RESOURCES } from '../resources.js';
import { owned, pod, PODS, REPLICA_SETS } from './bench.js';
import { FakeApiServer } from './fake-api-server.js';

const sampleText = (file: string): string =>
  readFileSync(join(import.meta.dirname, '../samples', file), 'utf8');
const sampleLines = (file: string): unknown[] =>
  sampleText(file)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
const errors = JSON.parse(sampleText('errors.json')) as Record<string, { status: number; body: unknown }>;

/** Kinds of values by key, one level deep. */
const shape = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, typeof each]));

let fake: FakeApiServer;

beforeAll(async () => {
  fake = await FakeApiServer.start();
  for (const name of ['a', 'b', 'c']) fake.put(PODS, pod({ name }));
  fake.put(REPLICA_SETS, owned('rs', 'web-1'));
});
afterAll(() => fake.close());

interface Answer {
  readonly status: number;
  readonly text: string;
}

function get(path: string, accept = 'application/json', token = fake.token): Promise<Answer> {
  const { host, port } = fake.access as { host: string; port: string };
  const headers = { accept, authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const outgoing = send({ host, port, path, headers, ca: TEST_CERTIFICATE }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (path.includes('watch') && text.split('\n').length > 3) fake.endWatches();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('the fake API server', () => {
  it.each([
    ['unauthorized', () => get(PODS, undefined, 'wrong')],
    [
      'forbidden',
      () => {
        fake.forbidden.add(`list ${RESOURCES.jobs.path}`);
        return get(RESOURCES.jobs.path);
      },
    ],
    [
      'absent',
      () => {
        fake.absent.add(RESOURCES.scaledObjects.path);
        return get(RESOURCES.scaledObjects.path);
      },
    ],
    [
      'continue-gone',
      async () => {
        const first = JSON.parse((await get(`${PODS}?limit=1`)).text) as { metadata: { continue: string } };
        fake.forget();
        return get(`${PODS}?limit=1&continue=${first.metadata.continue}`);
      },
    ],
  ])('refuses as the real one does: %s', async (name, ask) => {
    const { status, text } = await ask();
    const real = errors[name]!;
    expect(status).toBe(real.status);
    if (typeof real.body === 'string') return void expect(text).toBe(real.body);
    const { details: _, ...wanted } = shape(real.body);
    expect(shape(JSON.parse(text))).toEqual(wanted);
  });

  it.each([
    ['pods.json', PODS, 'application/json'],
    ['replicasets.json', REPLICA_SETS, 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'],
  ])('lists as the real one does: %s', async (file, path, accept) => {
    const real = JSON.parse(sampleText(file)) as { items: object[] };
    const own = JSON.parse((await get(`${path}?limit=500`, accept)).text) as typeof real;
    expect(shape(own)).toEqual(shape(real));
    // Items of a list do not say their kind; those of a list of metadata do.
    const has = (item: object | undefined): boolean => Object.hasOwn(item!, 'kind');
    expect(has(own.items[0])).toBe(has(real.items[0]));
    expect(Object.keys(real.items[0]!)).toEqual(expect.arrayContaining(Object.keys(own.items[0]!)));
  });

  it('watches as the real one does, and says by an event that a revision is forgotten', async () => {
    fake.put(PODS, pod({ name: 'd' }));
    const revision = (
      JSON.parse((await get(`${PODS}?limit=500`)).text) as { metadata: { resourceVersion: string } }
    ).metadata.resourceVersion;
    fake.put(PODS, pod({ name: 'watched' }));
    fake.put(PODS, pod({ name: 'watched', cpu: '2' }));
    fake.remove(PODS, 'pod-watched');
    const { text } = await get(`${PODS}?watch=true&resourceVersion=${revision}`);
    const types = (lines: readonly unknown[]): string[] =>
      lines.map((line) => (line as { type: string }).type);
    const own = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    // Where the real server also writes that the pod is being deleted.
    expect(types(sampleLines('watch-pods.jsonl').slice(0, 4))).toEqual([
      'ADDED',
      'MODIFIED',
      'MODIFIED',
      'DELETED',
    ]);
    expect(types(own)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    fake.forget();
    const gone = JSON.parse((await get(`${PODS}?watch=true&resourceVersion=${revision}`)).text) as {
      object: object;
    };
    const real = sampleLines('watch-gone.jsonl')[0] as { object: object };
    expect(shape(gone)).toEqual(shape(real));
    expect(gone.object).toMatchObject({ code: 410, reason: 'Expired' });
    expect(shape(real.object)).toMatchObject(shape(gone.object));
  });
});
