/**
 * One resource, listed once and then followed by a watch: a map by uid that is what the server has, give or take the moment it
 * takes an event to arrive. Whatever breaks is tried again, more and more slowly; what may have been missed is listed again.
 */
import { backoffMs, pause } from '../../net/retry.js';
import type { ApiFailure, KubernetesApi, WatchEnd, WatchEvent } from './api.js';
import { child, text, type Json } from './json.js';
import { listAll } from './list.js';
import { acceptOf, missing, type Resource } from './resources.js';
import type { KubernetesTiming } from './timing.js';

export interface ReflectorOptions<T> {
  readonly resource: Resource;
  readonly api: KubernetesApi;
  readonly timing: KubernetesTiming;
  /** Lets few lists run at once. */
  readonly gate: <R>(task: () => Promise<R>) => Promise<R>;
  /** Null: the object lacks what it must have, and is left out. */
  slim(object: Json): T | null;
  /** Called when an object has gone, before it is removed. */
  onGone?(value: T): void;
}

/** `live`: listed once; `absent`: the server has no such resource. */
export type ReflectorState = 'starting' | 'live' | 'forbidden' | 'absent';

/** Between a watch that ended in good order at once and the next, so that a server that ends all is not flooded. */
const SHORT_WATCH_MS = 1000;
/** A watch that fails this often in a row is not trusted to go on from where it was. */
const MAX_RESUMES = 5;
const IDLE_GRACE_MS = 30_000;

export class Reflector<T> {
  readonly items = new Map<string, T>();
  /** Grows with every change of `items`. */
  version = 0;
  state: ReflectorState = 'starting';
  /** Why the last call failed; null when it did not. */
  failure: ApiFailure | null = null;
  /** When the first of the calls failed that have failed since one did not. */
  private failingSince = Infinity;
  /** Set where lists are allowed and watches are not. */
  watchForbidden = false;
  /** When the server last said anything of this resource. */
  lastHeard = -Infinity;
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private settle: () => void = () => {};
  /** Resolves when the first list has succeeded or failed. */
  readonly settled = new Promise<void>((resolve) => (this.settle = resolve));

  constructor(private readonly options: ReflectorOptions<T>) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  get resource(): Resource {
    return this.options.resource;
  }

  /** Whether nothing has come for so long, or calls have failed for so long, that the items may be others by now. */
  get isBehind(): boolean {
    const { timing } = this.options;
    const now = timing.now();
    const failing = this.failure !== null && !this.watchForbidden && now - this.failingSince > timing.graceMs;
    return failing || now - this.lastHeard > timing.staleMs;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { timing } = this.options;
    for (let failures = 0; !signal.aborted;) {
      const listed = await this.list();
      if (listed.ok) {
        failures = 0;
        await this.follow(listed.value.resourceVersion);
        continue;
      }
      const wait = this.refused(listed) ? timing.recheckMs : this.waitAfter(failures++, listed);
      await pause(wait, signal);
    }
  }

  private async list() {
    const { api, resource, gate } = this.options;
    const { signal } = this.stopping;
    let seen = new Set<string>();
    const outcome = await gate(() =>
      listAll(api, resource, {
        signal,
        begin: () => (seen = new Set()),
        item: (object) => this.put(object, seen),
        page: () => this.heard(),
      }),
    );
    if (signal.aborted) return outcome;
    if (outcome.ok) {
      for (const uid of this.items.keys()) if (!seen.has(uid)) this.remove(uid);
      this.state = 'live';
      this.failure = null;
    } else {
      this.failed(outcome);
    }
    this.settle();
    return outcome;
  }

  /** Watches until a list is needed again. */
  private async follow(from: string): Promise<void> {
    const { signal } = this.stopping;
    const position = { resourceVersion: from };
    for (let failures = 0; failures < MAX_RESUMES;) {
      const began = this.options.timing.now();
      const { end, events } = await this.watch(position);
      if (signal.aborted || ('kind' in end && end.kind === 'gone')) return;
      const short = this.options.timing.now() - began < SHORT_WATCH_MS && events === 0;
      if ('kind' in end) {
        failures = 0;
        if (short) await pause(SHORT_WATCH_MS * (0.5 + this.options.timing.random()), signal);
        continue;
      }
      if (end.status === 403) return this.withoutWatch(end);
      this.failed(end);
      if (events > 0) failures = 0;
      await pause(this.waitAfter(failures++, end), signal);
    }
  }

  private async withoutWatch(end: ApiFailure): Promise<void> {
    this.watchForbidden = true;
    this.failed(end);
    await pause(this.options.timing.recheckMs, this.stopping.signal);
  }

  private async watch(position: { resourceVersion: string }): Promise<{ end: WatchEnd; events: number }> {
    const { api, resource, timing } = this.options;
    const seconds = Math.ceil(timing.watchSeconds * (1 - timing.random() / 5));
    let events = 0;
    const end = await api.watch({
      path: resource.path,
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: position.resourceVersion,
        timeoutSeconds: String(seconds),
      },
      accept: acceptOf(resource, 'watch'),
      signal: this.stopping.signal,
      idleMs: seconds * 1000 + IDLE_GRACE_MS,
      onOpen: () => {
        this.heard();
        this.failure = null;
        this.watchForbidden = false;
      },
      onBytes: () => this.heard(),
      onEvent: (event) => {
        events++;
        this.apply(event);
        position.resourceVersion =
          text(child(event.object, 'metadata'), 'resourceVersion') || position.resourceVersion;
      },
    });
    return { end, events };
  }

  private apply({ type, object }: WatchEvent): void {
    if (type === 'DELETED') this.remove(text(child(object, 'metadata'), 'uid'));
    else if (type === 'ADDED' || type === 'MODIFIED') this.put(object, null);
  }

  private put(object: Json, seen: Set<string> | null): void {
    const uid = text(child(object, 'metadata'), 'uid');
    const value = uid === '' ? null : this.options.slim(object);
    if (value === null) return;
    seen?.add(uid);
    this.items.set(uid, value);
    this.version++;
  }

  private remove(uid: string): void {
    const value = this.items.get(uid);
    if (value === undefined) return;
    this.options.onGone?.(value);
    this.items.delete(uid);
    this.version++;
  }

  private heard(): void {
    this.lastHeard = this.options.timing.now();
  }

  private failed(failure: ApiFailure): void {
    if (this.stopping.signal.aborted) return;
    if (this.failure === null) this.failingSince = this.options.timing.now();
    this.failure = failure;
  }

  /** Whether the answer was a clear no, which is asked about again only now and then. */
  private refused({ status }: ApiFailure): boolean {
    if (status !== 403 && status !== 404) return false;
    this.state = status === 403 ? 'forbidden' : 'absent';
    if (this.items.size > 0) this.version++;
    this.items.clear();
    return true;
  }

  /** At least what the server asked for, and never longer than there is any use in. */
  private waitAfter(failures: number, { retryAfterMs }: ApiFailure): number {
    const { timing } = this.options;
    const own = Math.min(
      backoffMs(timing.backoffMs, Math.min(failures, 16), timing.random()),
      timing.maxBackoffMs,
    );
    return Math.min(Math.max(own, retryAfterMs ?? 0), timing.recheckMs);
  }
}

/** What to say of a reflector that is not as it should be; null when it is. */
export function complaint(reflector: Reflector<unknown>): string | null {
  if (reflector.state === 'forbidden') return missing('list', reflector.resource);
  if (reflector.watchForbidden) return missing('watch', reflector.resource);
  return null;
}
