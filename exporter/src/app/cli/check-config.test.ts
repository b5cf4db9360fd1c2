import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../cli.js';
import { load } from '../config/testing/load.js';

describe('check-config', () => {
  it('prints every key with its value, origin and name', () => {
    const result = load({
      flags: { API_PORT: '9000' },
      env: { PROMETHEUS_QUERY_RANGE_STEP: '10m', API_TOKEN_FILE: '/token', PRESET: 'greenkube-0.2' },
      dotenvText: 'CLUSTER_NAME=shop\n',
      readFile: () => 'canary-token-0123456789',
    });
    const { stdout, stderr, exitCode } = checkConfig(result);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const line = (key: string) =>
      stdout
        .split('\n')
        .find((text) => text.startsWith(`${key} `))
        ?.split(/ {2,}/);
    expect(line('API_PORT')).toEqual(['API_PORT', '9000', 'flag (--api-port)']);
    expect(line('STEP')).toEqual(['STEP', '10m', 'environment (PROMETHEUS_QUERY_RANGE_STEP)']);
    expect(line('API_TOKEN')).toEqual(['API_TOKEN', '<redacted>', 'file (API_TOKEN_FILE)']);
    expect(line('API_HOST')).toEqual(['API_HOST', '0.0.0.0', 'default']);
    expect(line('POWER_CURVE')).toEqual(['POWER_CURVE', 'linear', 'preset (PRESET)']);
    expect(line('CLUSTER_NAME')).toEqual(['CLUSTER_NAME', 'shop', '.env']);
    expect(stdout).not.toContain('canary');
  });

  it('prints warnings beside it', () => {
    const { stdout, stderr, exitCode } = checkConfig(load({ flags: { API_TOKEN: 'short' } }));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^KEY +VALUE +ORIGIN\n/);
    expect(stderr).toBe(
      'warning: --api-token can be read in the list of processes; use --api-token-file\n' +
        'warning: API_TOKEN is shorter than 16 characters; make one with "openssl rand -hex 32"\n',
    );
  });

  it('prints all mistakes and nothing else', () => {
    const { stdout, stderr, exitCode } = checkConfig(load({ env: { STEP: '7m', API_PORT: 'x' } }));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^API_PORT: .*\nSTEP: .*\n2 mistakes; nothing was started\n$/);
  });
});
