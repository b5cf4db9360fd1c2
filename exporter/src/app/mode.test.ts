import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';
import { modeOf, runnable } from './mode.js';

const load = (flags: Record<string, string>) =>
  runnable(
    loadConfig({
      flags,
      readFile: () => {
        throw new Error('no files');
      },
    }),
  );
const mode = (flags: Record<string, string>) => {
  const loaded = load(flags);
  if (!loaded.ok) throw new Error(loaded.mistakes.map((m) => m.message).join('\n'));
  return modeOf(loaded.config);
};
const PROMETHEUS_URL = 'http://prometheus:9090';

describe('what is collected from', () => {
  it('is the demo world when nothing is given, kept apart from real history', () => {
    expect(mode({})).toEqual({ source: 'demo', cluster: 'demo', databasePath: './data/demo.db' });
  });

  it('is Prometheus when its URL is given', () => {
    expect(mode({ PROMETHEUS_URL })).toEqual({
      source: 'prometheus',
      cluster: 'default',
      databasePath: './data/greenkube.db',
    });
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
    [{ DB_TYPE: 'postgres', DB_CONNECTION_STRING: 'postgres://u:secret-word@h/d' }, 'DB_TYPE'],
  ])('refuses %j and names %s', (flags, key) => {
    const loaded = load(flags);
    expect(loaded.ok).toBe(false);
    if (loaded.ok) return;
    expect(loaded.mistakes.map((m) => m.key)).toEqual([key]);
    expect(JSON.stringify(loaded.mistakes)).not.toContain('secret-word');
  });
});
