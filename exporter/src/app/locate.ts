/**
 * Addresses of servers that nobody configured, looked for among the Services of the cluster whenever they are wanted and until they
 * are found. Whoever can make a Service in the cluster can be found here, so nothing secret is ever sent to such an address.
 */
import { discover, type App, type Discovered, type Probe } from '../collectors/discovery/index.js';
import type { ClusterServices } from '../ports/cluster-services.js';
import { available, unavailable, type Outcome } from '../ports/outcome.js';

export interface Found {
  readonly url: string;
  /** One line: among how many, by what signs. */
  readonly explanation: string;
}

export interface Locator {
  /** Unavailable "not-configured" with the explanation while no candidate has answered. */
  find(app: App, signal?: AbortSignal): Promise<Outcome<Found>>;
}

export interface LocatorDeps {
  readonly services: ClusterServices;
  readonly probe: Probe;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

export function createLocator(deps: LocatorDeps): Locator {
  return new ServiceLocator(deps);
}

type Answer = Outcome<Discovered>;

class ServiceLocator implements Locator {
  readonly #deps: LocatorDeps;
  readonly #found = new Map<App, Found>();
  readonly #said = new Map<App, string>();
  /** One search serves everybody who asks for the app while it is under way. */
  readonly #searches = new Map<App, Promise<Answer>>();

  constructor(deps: LocatorDeps) {
    this.#deps = deps;
  }

  async find(app: App, signal?: AbortSignal): Promise<Outcome<Found>> {
    const known = this.#found.get(app);
    if (known) return available(known);
    const search = this.#searches.get(app) ?? this.#look(app, signal);
    this.#searches.set(app, search);
    const answer = await search.finally(() => this.#searches.delete(app));
    if (!answer.ok) {
      if (answer.reason !== 'cancelled') this.#say(app, answer.reason, answer.message, false);
      return answer;
    }
    const { url, explanation } = answer.value;
    this.#say(app, explanation, explanation, url !== null);
    if (url === null) return unavailable('not-configured', explanation);
    const found = { url, explanation };
    this.#found.set(app, found);
    return available(found);
  }

  async #look(app: App, signal: AbortSignal | undefined): Promise<Answer> {
    const { services, probe } = this.#deps;
    const listed = await services.services(signal);
    return listed.ok ? available(await discover(app, listed.value, probe, signal)) : listed;
  }

  /** Once, and again when it changes. */
  #say(app: App, what: string, message: string, isFound: boolean): void {
    if (this.#said.get(app) === what) return;
    this.#said.set(app, what);
    // A cluster without OpenCost is a cluster like many.
    const level = isFound || app === 'opencost' ? 'info' : 'warn';
    this.#deps.log[level]({ source: app }, message);
  }
}

/** What is made once its address is known. */
export class Located<T extends { close(): Promise<void> }> {
  #made: T | null = null;

  constructor(
    private readonly locator: Locator,
    private readonly app: App,
    /** @throws Error when the address cannot be used */
    private readonly make: (found: Found) => T,
  ) {}

  /** Null: not found yet. */
  get made(): T | null {
    return this.#made;
  }

  async get(signal?: AbortSignal): Promise<Outcome<T>> {
    if (this.#made) return available(this.#made);
    const found = await this.locator.find(this.app, signal);
    if (!found.ok) return found;
    this.#made ??= this.make(found.value);
    return available(this.#made);
  }

  async close(): Promise<void> {
    await this.#made?.close();
  }
}
