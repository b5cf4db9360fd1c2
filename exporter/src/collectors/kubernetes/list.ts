/** A whole list, page by page, so that neither side holds more than a page at a time. */
import { available, type Available } from '../../ports/outcome.js';
import { apiFailure, type ApiFailure, type KubernetesApi } from './api.js';
import type { Json } from './json.js';
import { acceptOf, type Resource } from './resources.js';

export interface Listed {
  readonly resourceVersion: string;
}

/** What the server forgets (after five minutes, as a rule) while a list is read makes its continue token useless. */
const EXPIRED = 410;
/** Ten times the largest cluster that Kubernetes supports; what is longer is no list. */
const MAX_OBJECTS = 1_500_000;
/** 500 pods are about 2 MB: a page is read in 20 ms. Larger pages when the small ones were not done in time. */
const PAGE_SIZES = [500, 2000, 8000] as const;

export interface ListOptions {
  readonly signal: AbortSignal;
  /** Called first whenever the list begins, or begins again because its token expired. */
  readonly begin: () => void;
  readonly item: (object: Json) => void;
  /** After each page. */
  readonly page: () => void;
}

export async function listAll(
  api: KubernetesApi,
  resource: Resource,
  options: ListOptions,
): Promise<Available<Listed> | ApiFailure> {
  let failure: ApiFailure | null = null;
  for (const size of PAGE_SIZES) {
    const outcome = await listOnce(api, resource, size, options);
    if (outcome.ok || outcome.status !== EXPIRED) return outcome;
    failure = outcome;
  }
  return failure!;
}

async function listOnce(
  api: KubernetesApi,
  resource: Resource,
  size: number,
  { signal, begin, item, page }: ListOptions,
): Promise<Available<Listed> | ApiFailure> {
  begin();
  const accept = acceptOf(resource, 'list');
  let next = '';
  for (let count = 0; ;) {
    const query = { limit: String(size), ...(next === '' ? {} : { continue: next }) };
    const outcome = await api.page({ path: resource.path, query, accept, signal });
    if (!outcome.ok) return outcome;
    const { items, resourceVersion } = outcome.value;
    for (const object of items) item(object);
    page();
    if (outcome.value.next === '') return available({ resourceVersion });
    if (outcome.value.next === next)
      return endless(resource, 'malformed', 'gives the same page again and again');
    count += items.length;
    if (count > MAX_OBJECTS) return endless(resource, 'too-large', `has more than ${MAX_OBJECTS} objects`);
    next = outcome.value.next;
  }
}

const endless = ({ name }: Resource, reason: 'malformed' | 'too-large', what: string): ApiFailure =>
  apiFailure(reason, `kubernetes: the list of ${name} ${what}`, reason === 'malformed');
