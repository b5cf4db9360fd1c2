/**
 * An API server that does what the real one does with lists and watches (its answers are compared with recorded ones), and what a
 * test says besides. HTTPS on loopback; the token is the service account's.
 */
import type { ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_CERTIFICATE, TEST_KEY } from '../../../net/testing/certificate.js';
import { startFakeServer, type FakeServer, type SeenRequest } from '../../../net/testing/fake-server.js';
import type { KubernetesAccess } from '../access.js';

export interface FakeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** Takes the answer over and returns true, or leaves it to the server. */
export type Fault = (request: SeenRequest, response: ServerResponse) => boolean;

interface Event {
  readonly revision: number;
  readonly path: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: FakeObject;
}

interface OpenWatch {
  readonly path: string;
  readonly metadataOnly: boolean;
  readonly response: ServerResponse;
}

export const isWatch = (request: SeenRequest): boolean => request.params.get('watch') === 'true';

export class FakeApiServer {
  token = 'first-token';
  /** Path of a resource -> what the server lacks or forbids there. */
  readonly absent = new Set<string>();
  readonly forbidden = new Set<string>();
  readonly folder = mkdtempSync(join(tmpdir(), 'greenkube-account-'));
  private readonly objects = new Map<string, Map<string, FakeObject>>();
  private readonly events: Event[] = [];
  private readonly watches = new Set<OpenWatch>();
  private readonly snapshots = new Map<string, readonly FakeObject[]>();
  private readonly faults: Fault[] = [];
  private revision = 1000;
  private oldest = 0;

  private constructor(private readonly server: FakeServer) {}

  static async start(): Promise<FakeApiServer> {
    const http = await startFakeServer(() => {}, { cert: TEST_CERTIFICATE, key: TEST_KEY });
    const fake = new FakeApiServer(http);
    http.answer((request, response) => fake.handle(request, response));
    fake.mount(fake.token);
    return fake;
  }

  get requests(): readonly SeenRequest[] {
    return this.server.requests;
  }

  get access(): KubernetesAccess {
    const { port } = new URL(this.server.url);
    return { kind: 'in-cluster', host: '127.0.0.1', port, folder: this.folder };
  }

  /** Writes the token file as the kubelet does. */
  mount(token: string): void {
    writeFileSync(join(this.folder, 'token'), token);
    writeFileSync(join(this.folder, 'ca.crt'), TEST_CERTIFICATE);
  }

  put(path: string, object: FakeObject): void {
    const kept = this.objects.get(path) ?? new Map<string, FakeObject>();
    this.objects.set(path, kept);
    const type = kept.has(object.metadata.uid) ? 'MODIFIED' : 'ADDED';
    const stamped = this.stamped(object);
    kept.set(object.metadata.uid, stamped);
    this.happened({ revision: this.revision, path, type, object: stamped });
  }

  remove(path: string, uid: string): void {
    const object = this.objects.get(path)?.get(uid);
    if (object === undefined) return;
    this.objects.get(path)!.delete(uid);
    this.happened({ revision: this.revision + 1, path, type: 'DELETED', object: this.stamped(object) });
  }

  /** The next requests that a fault takes over are its; a fault that returns false sees the next one too. */
  next(...faults: readonly Fault[]): void {
    this.faults.push(...faults);
  }

  /** Whether every fault has had its request. */
  get isQuiet(): boolean {
    return this.faults.length === 0;
  }

  /** Forgets all revisions up to now, as etcd's compaction does. */
  forget(): void {
    this.revision++;
    this.oldest = this.revision;
    this.snapshots.clear();
  }

  /** Breaks every open watch, in the middle of a line if so told. */
  drop(inMidLine = false): void {
    for (const { response } of this.watches) {
      if (inMidLine) response.write('{"type":"MODIFIED","object":{"metadata":{"na');
      response.destroy();
    }
    this.watches.clear();
  }

  /** Ends every open watch in good order, as the server does after timeoutSeconds. */
  endWatches(): void {
    for (const { response } of this.watches) response.end();
    this.watches.clear();
  }

  bookmark(): void {
    for (const { response } of this.watches) {
      const object = { metadata: { resourceVersion: String(this.revision), creationTimestamp: null } };
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }
  }

  watching(path: string): boolean {
    return [...this.watches].some((watch) => watch.path === path);
  }

  seen(path: string, watch = false): readonly SeenRequest[] {
    return this.requests.filter((request) => request.path === path && isWatch(request) === watch);
  }

  async close(): Promise<void> {
    this.drop();
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  private stamped(object: FakeObject): FakeObject {
    this.revision++;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.revision) } };
  }

  private happened(event: Event): void {
    this.events.push({ ...event, revision: this.revision });
    for (const watch of this.watches) if (watch.path === event.path) sendEvent(watch, event);
  }

  private handle(request: SeenRequest, response: ServerResponse): void {
    const fault = this.faults[0];
    if (fault?.(request, response)) {
      this.faults.shift();
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.token}`)
      return status(response, 401, 'Unauthorized');
    const verb = isWatch(request) ? 'watch' : 'list';
    if (this.forbidden.has(`${verb} ${request.path}`)) {
      return status(response, 403, `cannot ${verb} resource at ${request.path}`, 'Forbidden');
    }
    if (this.absent.has(request.path)) return void response.writeHead(404).end('404 page not found\n');
    if (verb === 'watch') this.watch(request, response);
    else this.list(request, response);
  }

  private list({ path, params, headers }: SeenRequest, response: ServerResponse): void {
    const limit = Number(params.get('limit') ?? Infinity);
    const [from, offset] = (params.get('continue') ?? `${this.revision}:0`).split(':').map(Number) as [
      number,
      number,
    ];
    const key = `${path}@${from}`;
    if (params.has('continue') && !this.snapshots.has(key)) {
      return status(response, 410, 'The provided continue parameter is too old', 'Expired');
    }
    const all = this.snapshots.get(key) ?? [...(this.objects.get(path)?.values() ?? [])];
    this.snapshots.set(key, all);
    const page = all.slice(offset, offset + limit);
    const rest = all.length - offset - page.length;
    const more = rest > 0 ? { continue: `${from}:${offset + limit}`, remainingItemCount: rest } : {};
    const metadataOnly = isMetadataOnly(headers.accept);
    json(response, 200, {
      kind: metadataOnly ? 'PartialObjectMetadataList' : 'List',
      apiVersion: metadataOnly ? 'meta.k8s.io/v1' : 'v1',
      metadata: { resourceVersion: String(from), ...more },
      items: page.map((object) => (metadataOnly ? partial(object) : object)),
    });
  }

  private watch({ path, params, headers }: SeenRequest, response: ServerResponse): void {
    const from = Number(params.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.oldest) {
      const object = {
        kind: 'Status',
        status: 'Failure',
        message: 'too old resource version',
        reason: 'Expired',
        code: 410,
      };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    const watch = { path, response, metadataOnly: isMetadataOnly(headers.accept) };
    for (const event of this.events)
      if (event.path === path && event.revision > from) sendEvent(watch, event);
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
  }
}

const isMetadataOnly = (accept: string | undefined): boolean =>
  accept?.includes('as=PartialObjectMetadata') ?? false;

const partial = ({ metadata }: FakeObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

function sendEvent({ response, metadataOnly }: OpenWatch, { type, object }: Event): void {
  response.write(`${JSON.stringify({ type, object: metadataOnly ? partial(object) : object })}\n`);
}

function json(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function status(response: ServerResponse, code: number, message: string, reason = message): void {
  json(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
}

/** A fault for the next list or watch of a path. */
export const on =
  (path: string, verb: 'list' | 'watch', how: (response: ServerResponse) => void): Fault =>
  (request, response) => {
    if (request.path !== path || isWatch(request) !== (verb === 'watch')) return false;
    how(response);
    return true;
  };

export const answer =
  (code: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body);
