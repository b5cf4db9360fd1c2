/** The exporter's API through a Grafana data source: its proxy adds the token, which no browser ever sees. */
import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import type { Answer } from './answers';
import { asApiError } from './errors';
import type { paths } from './schema';

export type Parameter = string | number | readonly string[] | undefined;
export type Parameters = Readonly<Record<string, Parameter>>;

/** Pages that are followed before an answer is called long. */
const MAX_PAGES = 10;
const PAGE_SIZE = 1000;

type ListPath = {
  [P in keyof paths]: Answer<P> extends { readonly next_cursor: string | null } ? P : never;
}[keyof paths];

export class GreenKubeApi {
  /** @param url where Grafana proxies the data source: /api/datasources/proxy/uid/<uid> */
  constructor(private readonly url: string) {}

  /** @throws ApiError */
  async get<P extends keyof paths>(path: P, parameters: Parameters = {}): Promise<Answer<P>> {
    return (await this.request('GET', path, parameters)) as Answer<P>;
  }

  /** A text, as it is. @throws ApiError */
  async text(path: string, parameters: Parameters = {}): Promise<string> {
    return String(await this.request('GET', path, parameters, 'text'));
  }

  /** A file. @throws ApiError */
  async file(path: string, parameters: Parameters = {}): Promise<Blob> {
    return (await this.request('GET', path, parameters, 'blob')) as Blob;
  }

  /** Changes the state of something; needs the operator token of the data source, and an Editor. @throws ApiError */
  async change(method: 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> {
    return this.request(method, path, {}, 'json', body);
  }

  /** All pages of a list, and whether there would have been more. @throws ApiError */
  async all<P extends ListPath>(
    path: P,
    parameters: Parameters = {},
  ): Promise<{ readonly pages: readonly Answer<P>[]; readonly more: boolean }> {
    const pages: Answer<P>[] = [];
    let cursor: string | undefined;
    do {
      const page: Answer<P> = await this.get(path, { limit: PAGE_SIZE, ...parameters, cursor });
      pages.push(page);
      cursor = (page as { readonly next_cursor: string | null }).next_cursor ?? undefined;
    } while (cursor !== undefined && pages.length < MAX_PAGES);
    return { pages, more: cursor !== undefined };
  }

  private async request(
    method: string,
    path: string,
    parameters: Parameters,
    responseType: 'json' | 'text' | 'blob' = 'json',
    data?: object,
  ): Promise<unknown> {
    const url = `${this.url}${path}${queryString(parameters)}`;
    const request = getBackendSrv().fetch({ url, method, data, responseType, showErrorAlert: false });
    try {
      return (await lastValueFrom(request)).data;
    } catch (failure) {
      throw asApiError(failure);
    }
  }
}

/** "?namespace=a&namespace=b", without what is undefined. */
export function queryString(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
