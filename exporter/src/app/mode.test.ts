import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';
import { modeOf, runnable } from './mode.js';

const load = (flags: Record<string, string>, env: Record<string, string> = {}) =>
  runnable(
    loadConfig({
      flags,
      env,
      readFile: () => {
        throw new Error('no files');
      },
    }),
    env,
  );
const mode = (flags: Record<string, string>, env: Record<string, string> = {}) => {
  const loaded = load(flags, env);
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  return modeOf(loaded.config, env);
};
/** What the kubelet sets in every pod. */
const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
const OUTSIDE = { kubernetes: null, discovery: false };
const PROMETHEUS_URL = 'http://prometheus:9090';

describe('what is collected from', () => {
  it('is the demo world when nothing is given, kept apart from real history', () => {
    expect(mode({})).toEqual({
      source: 'demo',
      cluster: 'demo',
      databasePath: './data/demo.db',
      ...OUTSIDE,
    });
  });

  it('is Prometheus when its URL is given', () => {
    expect(mode({ PROMETHEUS_URL })).toEqual({
      source: 'prometheus',
      cluster: 'default',
      databasePath: './data/greenkube.db',
      ...OUTSIDE,
    });
  });

  it('is the cluster that it runs in, and never the demo there unless that is asked for', () => {
    const access = { kind: 'in-cluster', host: '10.0.0.1', port: '443' };
    expect(mode({}, IN_CLUSTER)).toEqual({
      source: 'prometheus',
      cluster: 'default',
      databasePath: './data/greenkube.db',
      kubernetes: access,
      discovery: true,
    });
    expect(mode({ PROMETHEUS_URL }, IN_CLUSTER)).toMatchObject({ kubernetes: access, discovery: true });
    expect(mode({ DEMO: 'off' }, IN_CLUSTER)).toMatchObject({ source: 'prometheus', discovery: true });
    expect(mode({ DEMO: 'on' }, IN_CLUSTER)).toMatchObject({ source: 'demo', ...OUTSIDE });
  });

  it('goes by the kubeconfig that is named, and looks for nothing by the names of another cluster', () => {
    const flags = { PROMETHEUS_URL, KUBECONFIG: '/home/me/config', KUBE_CONTEXT: 'prod' };
    const kubernetes = { kind: 'kubeconfig', path: '/home/me/config', context: 'prod' };
    expect(mode(flags)).toMatchObject({ kubernetes, discovery: false });
    expect(mode(flags, IN_CLUSTER)).toMatchObject({ kubernetes, discovery: false });
    // A kubeconfig lies on the machine of many who only want to see the demo.
    expect(mode({ KUBECONFIG: '/home/me/config' })).toMatchObject({ source: 'demo', ...OUTSIDE });
  });

  it('leaves Kubernetes alone when told to', () => {
    expect(mode({ PROMETHEUS_URL, KUBERNETES: 'off' }, IN_CLUSTER)).toMatchObject(OUTSIDE);
    expect(mode({ PROMETHEUS_URL, DISCOVERY: 'false' }, IN_CLUSTER)).toMatchObject({ discovery: false });
  });

  it.each([
    [{ DISCOVERY: 'false' }, IN_CLUSTER, 'PROMETHEUS_URL', 'DISCOVERY=false'],
    [{ KUBERNETES: 'off' }, IN_CLUSTER, 'PROMETHEUS_URL', 'KUBERNETES=off'],
    [{ KUBECONFIG: '/c' }, IN_CLUSTER, 'PROMETHEUS_URL', 'KUBECONFIG'],
    [{ KUBERNETES: 'on' }, {}, 'KUBERNETES', 'KUBECONFIG'],
  ])('refuses %j where the environment has %j', (flags, env, key, word) => {
    const loaded = load(flags, env);
    expect(!loaded.ok && loaded.mistakes.map((m) => m.key)).toEqual([key]);
    expect(!loaded.ok && loaded.mistakes[0]!.message).toContain(word);
  });

  it('is the demo world when it is asked for, whatever else is set', () => {
    expect(mode({ PROMETHEUS_URL, DEMO: 'on' }).source).toBe('demo');
  });

  it('keeps the demo where it is told to', () => {
    expect(mode({ CLUSTER_NAME: 'mine', DB_PATH: '/tmp/x.db' })).toMatchObject({
      cluster: 'mine',
      databasePath: '/tmp/x.db',
    });
  });

  it.each([
    [{ DEMO: 'off' }, 'PROMETHEUS_URL'],
    [
      {
        DEMO: 'off',
        DB_TYPE: 'elasticsearch',
        ELASTICSEARCH_HOSTS: 'http://e:9200',
        ELASTICSEARCH_API_KEY: 'secret-word',
      },
      'PROMETHEUS_URL',
    ],
  ])('refuses %j and names %s', (flags, key) => {
    const loaded = load(flags);
    expect(loaded.ok).toBe(false);
    if (loaded.ok) return;
    expect(loaded.mistakes.map((m) => m.key)).toEqual([key]);
    expect(JSON.stringify(loaded.mistakes)).not.toContain('secret-word');
  });
});
