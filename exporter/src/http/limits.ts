/** How much one client, and all together, may ask for. Clients are told apart by address; forwarded headers are not believed. */
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import type { Role } from './auth.js';
import { DEFAULT_LIMITS, type HttpLimits } from './deps.js';
import { Problem } from './problem.js';

const WINDOW_MS = 60_000;

export interface Limits {
  /** The budget of a role's routes. */
  readonly budget: (role: Role) => readonly RequestHandler[];
  readonly failures: Failures;
  readonly inFlight: Gate;
  /** Answers being streamed: each may keep a reader of the database busy. */
  readonly streams: Gate;
  close(): void;
}

export function createLimits(given: Partial<HttpLimits> = {}): Limits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const stores: MemoryStore[] = [];
  const limiter = (limit: number, key: (req: Request) => string) => {
    const store = new MemoryStore();
    stores.push(store);
    return rateLimit({
      windowMs: WINDOW_MS,
      limit,
      store,
      keyGenerator: key,
      standardHeaders: 'draft-7',
      legacyHeaders: false,
      validate: false,
      handler: (_req, _res, next) => {
        next(tooMany('Too many requests in this minute.'));
      },
    });
  };
  const all = () => 'all';
  // A client over its own budget is stopped before it takes from everybody's.
  const api = [limiter(limits.apiPerClient, clientOf), limiter(limits.apiTotal, all)];
  const scrape = [limiter(limits.scrapePerClient, clientOf), limiter(limits.scrapeTotal, all)];
  const probes = [limiter(limits.probesPerClient, clientOf)];
  return {
    budget: (role) => (role === 'metrics' ? scrape : role === 'public' ? probes : api),
    failures: new Failures(limits.failedTokens),
    inFlight: new Gate(limits.inFlight),
    streams: new Gate(limits.streams),
    close: () => {
      for (const store of stores) store.shutdown();
    },
  };
}

/** An IPv6 client is its /56 network: whoever owns one address owns them all. */
export function clientOf(req: Request): string {
  return ipKeyGenerator(req.socket.remoteAddress ?? 'unknown');
}

function tooMany(detail: string): Problem {
  return new Problem('too-many-requests', detail, {
    fix: 'Wait for the time in Retry-After.',
    headers: { 'Retry-After': '60' },
  });
}

/** Bounds the memory that failing clients can take. */
const MAX_FAILING_CLIENTS = 10_000;

/** Wrong tokens by client and role, so that guessing is slow and a guesser at the API does not stop the scrape. */
export class Failures {
  readonly #limit: number;
  #since = 0;
  #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws a `Problem` for a client that has used up its wrong tokens. `nowMs` is monotonic. */
  check(key: string, nowMs: number): void {
    if (nowMs - this.#since >= WINDOW_MS) {
      this.#since = nowMs;
      this.#counts = new Map();
    }
    if ((this.#counts.get(key) ?? 0) >= this.#limit) throw tooMany('Too many wrong tokens in this minute.');
  }

  add(key: string): void {
    if (this.#counts.size < MAX_FAILING_CLIENTS || this.#counts.has(key)) {
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }
}

/** At most so many at a time; the rest are told to come back. */
export class Gate {
  readonly #size: number;
  #inside = 0;

  constructor(size: number) {
    this.#size = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#size) {
      throw new Problem('overloaded', 'Too many requests are being answered.', {
        fix: 'Try again in a second.',
        headers: { 'Retry-After': '1' },
      });
    }
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
    }
  }
}
