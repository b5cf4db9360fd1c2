/**
 * What the indices are like. Mappings are explicit and strict: a field that is not named here is refused. Amounts are longs that
 * are added up and never searched for, names are keywords; what is only handed back is kept unread.
 */
import { DatabaseError } from '../errors.js';
import type { Connection, Json } from './connection.js';
import { GRAINS, REGISTRY_ID } from './names.js';
import { WEIGHT_PARTS } from '../naming.js';

/** Raised with every change of a mapping. */
export const SCHEMA_VERSION = 2;
/** Above what other templates for everything have. */
const PRIORITY = 500;

const KEYWORD = { type: 'keyword' } as const;
/** Grouped by or handed back, never searched for. */
const TEXT = { type: 'keyword', index: false } as const;
const LONG = { type: 'long' } as const;
const AMOUNT = { type: 'long', index: false } as const;
const REAL = { type: 'double', index: false } as const;
const UNREAD = { type: 'object', enabled: false } as const;

const fields = <T>(names: readonly string[], of: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, of]));

/** Rows of pods and shares, and their sums by namespace, node and workload: `level` says of what a document tells. */
const FACTS = {
  '@timestamp': { type: 'date', format: 'epoch_second' },
  ...fields(['cluster', 'level', 'kind', 'node', 'namespace', 'workload', 'workload_type', 'pod'], KEYWORD),
  ...fields(['zone', 'reasons'], KEYWORD),
  ...fields(['uid', 'label_set', 'basis', 'provider', 'currency', 'method', 'machine', 'meter'], TEXT),
  labels: { type: 'flattened' },
  gen: LONG,
  seq: AMOUNT,
  ...fields(['first', 'last', 'samples', 'energy', 'dynamic', 'storage', 'operational', 'embodied'], AMOUNT),
  ...fields(['cost', 'milliseconds', 'cpu', 'memory', 'memory_seconds', 'received', 'transmitted'], AMOUNT),
  ...fields(['read', 'written', 'cpu_max', 'memory_max', 'percent'], AMOUNT),
  ...fields(['utilisation', 'utilisation_seconds', 'estimated_joules', 'measured_joules'], REAL),
  ...fields(['squared_measured', 'squared_error', 'absolute_error', 'relative_error'], REAL),
  ...fields(['seconds', 'restarts', 'cpu_request', 'memory_request'], REAL),
  ...fields(WEIGHT_PARTS, AMOUNT),
  cpu_request_seconds: REAL,
  row: UNREAD,
  use: UNREAD,
} as const;

const STATE = {
  ...fields(['cluster', 'what'], KEYWORD),
  day: LONG,
  gen: LONG,
  ...fields(['seal', 'hours'], TEXT),
  body: UNREAD,
} as const;

const COUNTERS = {
  cluster: KEYWORD,
  subject: TEXT,
  slot: AMOUNT,
  gen: LONG,
  body: UNREAD,
} as const;

/** What is kept beside the sums: that intervals were told anew, and whatever is computed from history and kept. */
const RECORDS = {
  ...fields(['cluster', 'what', 'subject'], KEYWORD),
  ...fields(['start', 'gen'], LONG),
  body: UNREAD,
} as const;

const FACTORS = {
  ...fields(['what', 'zone', 'source', 'provider', 'instance_type'], KEYWORD),
  ...fields(['hour', 'changed_at'], LONG),
  ...fields(['fetched_at', 'lo', 'hi'], AMOUNT),
  ...fields(['value', 'total'], REAL),
  provisional: { type: 'boolean', index: false },
  known: { type: 'boolean' },
  closest_match: TEXT,
  name: KEYWORD,
} as const;

/**
 * One shard an index, a copy where there is a second node. Searches see new documents when whoever searches asks for it, so that
 * the server need not look for them every second.
 */
const SETTINGS = {
  number_of_shards: 1,
  auto_expand_replicas: '0-1',
  refresh_interval: '30s',
  codec: 'best_compression',
} as const;

/** What is told of one pod lies together, which takes a third of the room away. */
const SORTED = { 'sort.field': ['cluster', 'level', 'pod', '@timestamp'] } as const;

/**
 * The mode for logs packs columns by what neighbours have in common: a quarter less again. Documents stay as they were written:
 * put together from columns, as a licence may allow, a sum past 2^53 would come back as a number that is not read exactly.
 */
const PACKED = {
  mode: 'logsdb',
  'mapping.source.mode': 'stored',
  'mapping.ignore_malformed': false,
} as const;
/** The first version that has it for good. */
const PACKS_SINCE = [8, 17] as const;

async function factSettings(connection: Connection): Promise<Json> {
  const { version } = await connection.call((client) => client.info());
  const [major = 0, minor = 0] = version.number.split('.').map(Number);
  const packs = major > PACKS_SINCE[0] || (major === PACKS_SINCE[0] && minor >= PACKS_SINCE[1]);
  return { ...SETTINGS, ...SORTED, ...(packs && PACKED) };
}

/** Create the templates and whatever index is not there yet. @throws DatabaseError "newer" when a later version wrote them */
export async function prepare(connection: Connection): Promise<{ readonly before: number }> {
  const { names } = connection;
  const before = await schemaVersion(connection);
  if (before === SCHEMA_VERSION) return { before };
  const facts = await factSettings(connection);
  const templates = [
    ...GRAINS.map((grain) => [`${names.prefix}.${grain}`, names.allFacts(grain), FACTS, facts] as const),
    [names.state, names.state, STATE, SETTINGS] as const,
    [names.counters, names.counters, COUNTERS, SETTINGS] as const,
    [names.records, names.records, RECORDS, SETTINGS] as const,
    [names.factors, names.factors, FACTORS, SETTINGS] as const,
  ];
  for (const [name, pattern, properties, settings] of templates) {
    await connection.call((client) =>
      client.indices.putIndexTemplate({
        name,
        index_patterns: [pattern],
        priority: PRIORITY,
        version: SCHEMA_VERSION,
        template: {
          settings,
          mappings: { dynamic: 'strict', properties: { ...properties } },
        },
      } as never),
    );
  }
  if (before > 0) await extendFacts(connection);
  for (const index of [names.state, names.counters, names.records, names.factors])
    await createIndex(connection, index);
  await register(connection, (registry) => ({ ...registry, schema: SCHEMA_VERSION }));
  return { before };
}

/** Indices that are there already take the fields that were added since. */
async function extendFacts(connection: Connection): Promise<void> {
  for (const grain of GRAINS) {
    const request = { index: connection.names.allFacts(grain), properties: FACTS };
    // 404: there is none of that grain yet.
    await connection.call((client) => client.indices.putMapping(request as never, { ignore: [404] }));
  }
}

async function createIndex(connection: Connection, index: string): Promise<void> {
  const exists = await connection.call((client) => client.indices.exists({ index }));
  if (exists) return;
  await connection.call((client) => client.indices.create({ index }, { ignore: [400] }));
}

export interface Registry {
  readonly schema: number;
  /** Names, in order. */
  readonly clusters: readonly string[];
}

interface RegistryDocument {
  readonly body: Registry;
}

const NOTHING: Registry = { schema: 0, clusters: [] };

export async function readRegistry(connection: Connection): Promise<Registry> {
  const found = await connection.get<RegistryDocument>(connection.names.state, REGISTRY_ID);
  return found?.source.body ?? NOTHING;
}

/** 0: nothing is there. @throws DatabaseError "newer" */
export async function schemaVersion(connection: Connection): Promise<number> {
  const { schema } = await readRegistry(connection);
  if (schema <= SCHEMA_VERSION) return schema;
  throw new DatabaseError(
    'newer',
    `${connection.label} has version ${schema}, this program knows ${SCHEMA_VERSION} at most: start the version that wrote it or a later one`,
  );
}

/** Change what is known to all writers and readers of these indices. */
export async function register(
  connection: Connection,
  change: (registry: Registry) => Registry,
): Promise<void> {
  const { state } = connection.names;
  for (;;) {
    const found = await connection.get<RegistryDocument>(state, REGISTRY_ID);
    const before = found?.source.body ?? NOTHING;
    const after = change(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    const condition = found
      ? ({ kind: 'unchanged', version: found.version } as const)
      : ({ kind: 'new' } as const);
    if (await connection.put(state, REGISTRY_ID, { what: 'registry', body: after }, condition)) return;
  }
}
