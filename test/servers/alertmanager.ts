/** A real Alertmanager on a free loopback port, for as long as a test needs it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './prometheus.js';
import { findExecutable } from './require.js';
import { launchServer } from './server-process.js';

export interface AlertmanagerOptions {
  /** Holds the data, the configuration and the log. */
  readonly dir: string;
  /** Configuration text. */
  readonly config: string;
}

/** One alert as it holds it. */
export interface HeldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed' };
}

export interface AlertmanagerServer {
  readonly url: string;
  readonly pid: number;
  alerts(): Promise<readonly HeldAlert[]>;
  stop(): Promise<void>;
}

/** Debian's name of it. */
export const ALERTMANAGER = 'prometheus-alertmanager';

/** @throws Error with the end of the server's log when it does not become ready. */
export async function startAlertmanager({ dir, config }: AlertmanagerOptions): Promise<AlertmanagerServer> {
  const binary = findExecutable(ALERTMANAGER);
  if (binary === null)
    throw new Error(`${ALERTMANAGER} not found, install by apt-get install ${ALERTMANAGER}`);
  mkdirSync(dir, { recursive: true });
  const configFile = join(dir, 'alertmanager.yml');
  writeFileSync(configFile, config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await launchServer({
    name: ALERTMANAGER,
    binary,
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // One alone: nothing listens for others.
      '--cluster.listen-address=',
    ],
    log: join(dir, 'alertmanager.log'),
    readyUrl: `${url}/-/ready`,
  });
  const alerts = async (): Promise<readonly HeldAlert[]> => {
    const answer = await fetch(`${url}/api/v2/alerts`);
    if (!answer.ok) throw new Error(`/api/v2/alerts: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as readonly HeldAlert[];
  };
  return { url, alerts, ...server };
}
