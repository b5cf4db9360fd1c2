/** Keys, certificates and tokens of an API server that lives as long as a test. They protect nothing. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  readonly dir: string;
  readonly ca: string;
  /** Of the admin, in the group system:masters. */
  readonly token: string;
}

const SERVER_NAMES =
  'subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:::1,IP:10.0.0.1\nextendedKeyUsage=serverAuth\n';
const CLIENT_USE = 'extendedKeyUsage=clientAuth\n';
const DAYS = '30';

/** Writes ca, apiserver, admin and service-account keys, tokens.csv and audit.yaml into `dir`. Needs openssl. */
export function writeCertificates(dir: string): Certificates {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = (name: string): void =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  const sign = (name: string, subject: string, extensions: string): void => {
    newKey(name);
    writeFileSync(join(dir, `${name}.ext`), extensions);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', DAYS, '-sha256', '-extfile', `${name}.ext`, '-out', `${name}.crt`],
    );
  };
  newKey('ca');
  openssl(
    ...['req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=greenkube-test-ca', '-days', DAYS, '-sha256'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-out', 'ca.crt'],
  );
  sign('apiserver', '/CN=kube-apiserver', SERVER_NAMES);
  sign('admin', '/O=system:masters/CN=admin', CLIENT_USE);
  openssl('genrsa', '-out', 'service-account.key', '2048');
  openssl('rsa', '-in', 'service-account.key', '-pubout', '-out', 'service-account.pub');
  const token = randomBytes(24).toString('hex');
  writeFileSync(join(dir, 'tokens.csv'), `${token},admin,admin,system:masters\n`);
  writeFileSync(join(dir, 'audit.yaml'), AUDIT_POLICY);
  return { dir, ca: readFileSync(join(dir, 'ca.crt'), 'utf8'), token };
}

/** Every call but the server's own and the health checks, one line each. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - {level: None, nonResourceURLs: ["/readyz*", "/livez*", "/healthz*"]}
  - {level: None, users: ["system:apiserver"]}
  - {level: Metadata}
`;
