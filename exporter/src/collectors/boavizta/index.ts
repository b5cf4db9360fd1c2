/** Embodied emissions of cloud instances from a BoaviztAPI server, asked in its own names. */
import type { EpochSeconds, Seconds } from '../../domain/units.js';
import { createJsonClient, type HttpFailure, type JsonClient } from '../../net/fetch-json.js';
import { textOf } from '../../net/json-value.js';
import type { Clock } from '../../ports/clock.js';
import type { EmbodiedAnswer, EmbodiedProvider } from '../../ports/embodied-provider.js';
import { available, unavailable, type Outcome } from '../../ports/outcome.js';
import { candidates, theirProvider } from './names.js';
import { readAnswer, readNames } from './parse.js';

export interface BoaviztaOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly clock: Clock;
  /** For one attempt; default 5 s. It answers in 50 ms, but one at a time. */
  readonly timeout?: Seconds | undefined;
}

export interface BoaviztaProvider extends EmbodiedProvider {
  close(): Promise<void>;
}

const MAX_BYTES = 1024 * 1024;
/** How long its lists of names are believed; they change with its releases. */
const NAMES_VALID = 86_400;

/** @throws Error when the URL or the token cannot be used */
export function createBoavizta(options: BoaviztaOptions): BoaviztaProvider {
  return new Provider(options);
}

interface Names {
  readonly at: EpochSeconds;
  /** Null: the server has no such list. */
  readonly names: ReadonlySet<string> | null;
}

class Provider implements BoaviztaProvider {
  readonly name = 'boavizta';
  readonly #http: JsonClient;
  readonly #clock: Clock;
  readonly #lists = new Map<string, Names>();

  constructor({ url, token, clock, timeout }: BoaviztaOptions) {
    this.#clock = clock;
    this.#http = createJsonClient({
      name: this.name,
      baseUrl: url,
      bearerToken: token,
      timeoutMs: (timeout ?? 5) * 1000,
      maxBytes: MAX_BYTES,
      retries: 1,
      connections: 1,
    });
  }

  async of(
    provider: string,
    instanceType: string,
    signal?: AbortSignal,
  ): Promise<Outcome<EmbodiedAnswer | null>> {
    const theirs = theirProvider(provider);
    const names = candidates(provider, instanceType);
    // An empty name is answered for some other machine.
    if (theirs === null || names.length === 0) return available(null);
    const providers = await this.#names('all_providers', {}, signal);
    if (!providers.ok) return providers;
    if (providers.value && !providers.value.has(theirs)) return available(null);
    const types = await this.#names('all_instances', { provider: theirs }, signal);
    if (!types.ok) return types;
    const known = names.find((name) => types.value?.has(name)) ?? names[0]!;
    return this.#instance(theirs, known, signal);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #instance(
    provider: string,
    type: string,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<EmbodiedAnswer | null>> {
    // Without a duration the answer is for the whole life; for an hour it would be rounded away.
    const query = { provider, instance_type: type, verbose: 'false', criteria: 'gwp' };
    const outcome = await this.#http.request({ path: 'v1/cloud/instance', query, signal });
    if (!outcome.ok) return isUnknown(outcome) ? available(null) : failed(outcome);
    const answer = readAnswer(outcome.value);
    if (answer) return available(answer);
    const message = `${this.name}: no impacts.gwp.embedded.value in the answer for ${type} at ${provider}`;
    return unavailable('malformed', `${message}; is BOAVIZTA_API_URL a BoaviztAPI server?`);
  }

  /** One of its lists; null where this server has none. */
  async #names(
    list: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<Outcome<ReadonlySet<string> | null>> {
    const key = JSON.stringify([list, query]);
    const now = this.#clock.now();
    const held = this.#lists.get(key);
    if (held && now < held.at + NAMES_VALID) return available(held.names);
    const outcome = await this.#http.request({ path: `v1/cloud/instance/${list}`, query, signal });
    if (!outcome.ok && outcome.status !== 404) return failed(outcome);
    const names = outcome.ok ? readNames(outcome.value) : null;
    if (outcome.ok && !names) {
      return unavailable('malformed', `${this.name}: ${list} is not a list; is BOAVIZTA_API_URL right?`);
    }
    this.#lists.set(key, { at: now, names });
    return available(names);
  }
}

/** "nope.large at aws not found" is an answer; the framework's own "Not Found" is a wrong URL. */
const isUnknown = ({ status, body }: HttpFailure) =>
  status === 404 && / at .* not found$/.test(textOf(body, 'detail'));

const failed = ({ reason, message, retryable }: HttpFailure) => unavailable(reason, message, retryable);
