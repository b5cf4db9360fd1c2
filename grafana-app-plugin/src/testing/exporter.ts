/** An exporter for tests of the browser's side: what it answers by path, and what it was asked. */
import { of, throwError } from 'rxjs';

export interface Asked {
  readonly method: string;
  readonly url: URL;
}

export interface FakeExporter {
  readonly asked: Asked[];
  /** Answers of paths, or a function of what is asked; one that throws `Refusal` is refused. */
  readonly answers: Map<string, unknown>;
  readonly backend: { readonly fetch: (request: { url: string; method?: string }) => unknown };
}

/** Thrown or given as an answer: the body of a refusal and Grafana's status of it. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly data: unknown,
  ) {}
}

export function fakeExporter(): FakeExporter {
  const asked: Asked[] = [];
  const answers = new Map<string, unknown>();
  const fetch = ({ url, method = 'GET' }: { url: string; method?: string }) => {
    const full = new URL(url, 'http://grafana');
    asked.push({ method, url: full });
    const path = full.pathname.replace(/^\/proxy/, '');
    const answer = answers.get(`${method} ${path}`) ?? answers.get(path);
    const data = typeof answer === 'function' ? (answer as (url: URL) => unknown)(full) : answer;
    if (data === undefined)
      return throwError(
        () => new Refusal(404, { type: '/problems/not-found', detail: `no answer for ${path}` }),
      );
    if (data instanceof Refusal) return throwError(() => data);
    return of({ data });
  };
  return { asked, answers, backend: { fetch } };
}
