/** Kubeconfigs as people have them, and as they should not be. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessError, createAccess } from './access.js';

const folder = mkdtempSync(join(tmpdir(), 'greenkube-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const CLUSTER = {
  server: 'https://10.0.0.1:6443/k8s/clusters/c-1',
  'certificate-authority-data': base64('PEM of CA'),
};

let files = 0;
function kubeconfig(user: object, cluster: object = CLUSTER): string {
  const path = join(folder, `config-${files++}`);
  const content = {
    'current-context': 'dev',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'dev', context: { cluster: 'c', user: 'u' } }],
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const connect = (path: string, context: string | null = null, anew = false) =>
  createAccess({ kind: 'kubeconfig', path, context }).connection(anew);

describe('a kubeconfig', () => {
  it('gives address, authority and token', async () => {
    const connection = await connect(kubeconfig({ token: 'of-the-user' }));
    expect(connection).toMatchObject({
      baseUrl: 'https://10.0.0.1:6443/k8s/clusters/c-1',
      headers: { authorization: 'Bearer of-the-user' },
      tls: { ca: 'PEM of CA', cert: null, key: null, verify: true },
      secrets: ['of-the-user'],
    });
  });

  it('gives a client certificate, and a name to expect', async () => {
    const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
    const { tls, headers } = await connect(
      kubeconfig(user, { ...CLUSTER, 'tls-server-name': 'api.example' }),
    );
    expect(tls).toMatchObject({ cert: 'CERT', key: 'KEY', serverName: 'api.example' });
    expect(headers['authorization']).toBeUndefined();
  });

  it('gives user and password, and no verification where it says so', async () => {
    const cluster = { server: CLUSTER.server, 'insecure-skip-tls-verify': true };
    const { tls, headers } = await connect(kubeconfig({ username: 'a', password: 'b' }, cluster));
    expect(headers['authorization']).toBe(`Basic ${base64('a:b')}`);
    expect(tls.verify).toBe(false);
  });

  it('runs the login command that it names, and again only when the token was refused', async () => {
    const count = join(folder, 'count');
    const credential = {
      kind: 'ExecCredential',
      status: { token: 'made', expirationTimestamp: '2100-01-01T00:00:00Z' },
    };
    const command = `echo run >> ${count}; echo '${JSON.stringify(credential)}'`;
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', command] };
    const access = createAccess({ kind: 'kubeconfig', path: kubeconfig({ exec }), context: null });
    const runs = async (): Promise<number> => {
      const { readFileSync } = await import('node:fs');
      return readFileSync(count, 'utf8').trim().split('\n').length;
    };
    expect((await access.connection(false)).headers).toEqual({ authorization: 'Bearer made' });
    await access.connection(false);
    expect(await runs()).toBe(1);
    await access.connection(true);
    expect(await runs()).toBe(2);
  });

  it.each<[string, () => string, string | null, RegExp]>([
    ['a missing file', () => join(folder, 'none'), null, /KUBECONFIG .*none cannot be read: ENOENT/],
    [
      'no YAML',
      () => (writeFileSync(join(folder, 'bad'), '{'), join(folder, 'bad')),
      null,
      /bad cannot be read/,
    ],
    [
      'an unknown context',
      () => kubeconfig({}),
      'prod',
      /has no context "prod" .* KUBE_CONTEXT to one of: dev$/,
    ],
    [
      'a proxy',
      () => kubeconfig({}, { ...CLUSTER, 'proxy-url': 'http://proxy:3128' }),
      null,
      /proxy-url is not supported/,
    ],
    ['a login command that fails', () => kubeconfig({ exec: { command: 'false' } }), null, /no credentials/],
  ])('says what is wrong with %s', async (_, path, context, message) => {
    const failed = connect(path(), context);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toBeInstanceOf(AccessError);
  });
});
