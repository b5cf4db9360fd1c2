import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBoavizta } from '../../../../test/fakes/boavizta.js';
import { startFaultyServer, type FaultyServer } from '../../../../test/fakes/faulty-server.js';
import { epochSeconds, seconds } from '../../domain/units.js';
import { createBoavizta, type BoaviztaProvider } from './index.js';
import { candidates } from './names.js';

const INSTANCES = [
  { provider: 'aws', type: 'm5.xlarge', value: 48, min: 27.84, max: 80.11 },
  { provider: 'azure', type: 'd4s_v3', value: 49, min: 28.39, max: 83.41 },
  { provider: 'azure', type: 'standard_d4s_v3', value: 56, min: 35.21, max: 90.4 },
  { provider: 'azure', type: 'standard_only', value: 60, min: 60, max: 60 },
  { provider: 'ovhcloud', type: 'b2-7', value: 69, min: 41.68, max: 97.99 },
  { provider: 'scaleway', type: 'dev1-m', value: 31, min: 21.11, max: 38.67 },
];

let now = 1_767_268_800;
let server: FaultyServer;
let provider: BoaviztaProvider;
const start = (url: string, token?: string) =>
  createBoavizta({ url, token, clock: { now: () => epochSeconds(now) }, timeout: seconds(2) });

beforeEach(async () => {
  server = await startBoavizta(INSTANCES);
  provider = start(server.url);
});
afterEach(async () => {
  await provider.close();
  await server.close();
});

const asked = () => server.requests.map(({ path }) => path.split('/').at(-1));
const typesAsked = () =>
  server.requests.filter(({ path }) => path.endsWith('/instance')).map((r) => r.params.get('instance_type'));

describe('embodied emissions from Boavizta', () => {
  it('is the whole life, with the range as band', async () => {
    expect(await provider.of('aws', 'm5.xlarge')).toMatchObject({
      ok: true,
      value: {
        total: 48,
        band: { lo: Math.round(1000 * Math.log(48 / 27.84)), hi: Math.round(1000 * Math.log(80.11 / 48)) },
        closestMatch: '',
      },
    });
    expect(Object.fromEntries(server.requests.at(-1)!.params)).toEqual({
      provider: 'aws',
      instance_type: 'm5.xlarge',
      verbose: 'false',
      criteria: 'gwp',
    });
  });

  it.each([
    ['azure', 'Standard_D4s_v3', 49],
    ['azure', 'Standard_Only', 60],
    ['ovh', 'B2-7', 69],
    ['scaleway', 'DEV1-M', 31],
  ])('finds %s %s by the names of its own lists', async (ours, type, total) => {
    expect(await provider.of(ours, type)).toMatchObject({ ok: true, value: { total, closestMatch: '' } });
  });

  it('says which type an answer is really of', async () => {
    expect(await provider.of('aws', 'm99.xlarge')).toMatchObject({
      ok: true,
      value: { total: 48, closestMatch: 'm5.xlarge' },
    });
  });

  it.each([
    ['aws', 'nope.large'],
    ['hetzner', 'cx21'],
    ['', 'm5.xlarge'],
    ['aws', ''],
    ['aws', '  '],
    ['gcp', 'e2-standard-4'],
  ])('does not know %j %j, which is an answer', async (ours, type) => {
    expect(await provider.of(ours, type)).toMatchObject({ ok: true, value: null });
  });

  it('asks for its lists once a day, and never with an empty name', async () => {
    await provider.of('aws', 'm5.xlarge');
    await provider.of('aws', 'm99.xlarge');
    await provider.of('aws', '');
    expect(asked()).toEqual(['all_providers', 'all_instances', 'instance', 'instance']);
    now += 86_400;
    await provider.of('aws', 'm5.xlarge');
    expect(asked().slice(4)).toEqual(['all_providers', 'all_instances', 'instance']);
  });

  it('goes without lists where the server has none', async () => {
    server.fail({ kind: 'status', status: 404, body: { detail: 'Not Found' } }, { path: '/all_' });
    expect(await provider.of('azure', 'Standard_D4s_v3')).toMatchObject({ ok: true, value: { total: 49 } });
    expect(typesAsked()).toEqual(['d4s_v3']);
  });

  it('sends the token to it', async () => {
    await provider.close();
    provider = start(server.url, 'secret');
    await provider.of('aws', 'm5.xlarge');
    expect(server.requests.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true);
  });

  it.each([
    [{ kind: 'status', status: 500, body: 'Internal Server Error' }, 'server-error'],
    [{ kind: 'status', status: 503, body: '' }, 'server-error'],
    [{ kind: 'status', status: 404, body: { detail: 'Not Found' } }, 'bad-request'],
    [{ kind: 'status', status: 200, body: { impacts: {} } }, 'malformed'],
    [{ kind: 'reset' }, 'refused'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'page' }, 'malformed'],
    [{ kind: 'huge' }, 'too-large'],
  ] as const)('answers %j by the reason %s, never as "not known"', async (fault, reason) => {
    server.fail(fault, { path: '/v1/cloud/instance' });
    await provider.of('aws', 'm5.xlarge');
    server.fail(null);
    await provider.of('aws', 'm5.xlarge');
    server.fail(fault);
    expect(await provider.of('aws', 'm5.xlarge')).toMatchObject({ ok: false, reason });
    server.fail(null);
    expect(await provider.of('aws', 'm5.xlarge')).toMatchObject({ ok: true, value: { total: 48 } });
  });
});

it('tries the names of a type in an order that begins with the most likely', () => {
  expect(candidates('azure', 'Standard_D4s_v3')).toEqual(['d4s_v3', 'standard_d4s_v3', 'Standard_D4s_v3']);
  expect(candidates('aws', 'm5.large')).toEqual(['m5.large']);
  expect(candidates('aws', ' ')).toEqual([]);
});

describe('recorded answers of BoaviztAPI 2.5.0', () => {
  interface Sample {
    readonly request: string;
    readonly status: number;
    readonly body: unknown;
  }
  const folder = join(import.meta.dirname, 'samples');
  const samples = new Map(
    readdirSync(folder).map((file) => {
      const sample = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Sample;
      return [sample.request.replace(/^GET /, ''), sample] as const;
    }),
  );
  let recorded: FaultyServer;

  beforeEach(async () => {
    recorded = await startFaultyServer(({ path, params }) => {
      const query = [...params].map(([key, value]) => `${key}=${value}`).join('&');
      const sample = samples.get(query === '' ? path : `${path}?${query}`);
      return sample ?? { status: 404, body: { detail: 'not recorded' } };
    });
    await provider.close();
    provider = start(recorded.url);
  });
  afterEach(() => recorded.close());

  it.each([
    ['aws', 'm5.xlarge', { total: 48, closestMatch: '' }],
    ['azure', 'Standard_D4s_v3', { total: 49, closestMatch: '' }],
    ['gcp', 'e2-standard-4', { total: 57, closestMatch: '' }],
    ['ovh', 'b2-7', { total: 69, closestMatch: '' }],
    ['scaleway', 'DEV1-M', { total: 31, closestMatch: '' }],
    ['aws', 'm99.xlarge', { total: 44, closestMatch: 'm5a.xlarge' }],
    ['aws', 'nope.large', null],
  ])('are read: %s %s', async (ours, type, value) => {
    const outcome = await provider.of(ours, type);
    expect(outcome.ok && outcome.value).toEqual(value && expect.objectContaining(value));
  });

  it('have the shape of the fake', async () => {
    const real = samples.get(
      '/v1/cloud/instance?provider=aws&instance_type=m5.xlarge&verbose=false&criteria=gwp',
    )!;
    const answer = await fetch(`${server.url}/v1/cloud/instance?provider=aws&instance_type=m5.xlarge`);
    expect(await answer.json()).toEqual(real.body);
  });
});
