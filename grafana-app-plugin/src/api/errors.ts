/** What went wrong with a request, in words for the person who reads it. */
import { t } from '../i18n';

export type ErrorKind = 'unauthorized' | 'forbidden' | 'not-found' | 'unreachable' | 'refused' | 'other';

export class ApiError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    /** What to do about it; empty when there is nothing to say. */
    readonly fix: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

interface ProblemBody {
  readonly type?: string;
  readonly detail?: string;
  readonly message?: string;
  readonly fix?: string;
}

/**
 * The failure of a request through Grafana. The `type` of the exporter's problem counts, not the status: Grafana's proxy answers 400
 * where the exporter said 401.
 */
export function asApiError(failure: unknown): ApiError {
  if (failure instanceof ApiError) return failure;
  const {
    status = 0,
    data,
    statusText,
  } = (failure ?? {}) as {
    status?: number;
    data?: unknown;
    statusText?: string;
  };
  const problem = problemOf(data);
  const type = problem.type?.replace(/^\/problems\//, '') ?? '';
  const kind = kindOf(type, status);
  const said =
    problem.detail ?? problem.message ?? statusText ?? (failure instanceof Error ? failure.message : '');
  return new ApiError(kind, messageOf(kind, said), fixOf(kind, problem.fix), status);
}

function problemOf(data: unknown): ProblemBody {
  if (typeof data === 'object' && data !== null) return data;
  if (typeof data !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch (error) {
    if (error instanceof SyntaxError) return { message: data.slice(0, 200) };
    throw error;
  }
}

function kindOf(type: string, status: number): ErrorKind {
  if (type === 'unauthorized' || (type === '' && status === 401)) return 'unauthorized';
  if (type === 'forbidden' || (type === '' && status === 403)) return 'forbidden';
  if (type === 'not-found' || (type === '' && status === 404)) return 'not-found';
  if (type === '' && (status === 0 || status === 502 || status === 503 || status === 504))
    return 'unreachable';
  if (type !== '') return 'refused';
  return 'other';
}

function messageOf(kind: ErrorKind, said: string): string {
  switch (kind) {
    case 'unauthorized':
      return t('errors.unauthorized', 'The exporter does not accept the token of the data source.');
    case 'unreachable':
      return t('errors.unreachable', 'The exporter does not answer.');
    case 'forbidden':
      return t('errors.forbidden', 'That is not allowed: {{said}}', { said });
    case 'not-found':
    case 'refused':
    case 'other':
      return said || t('errors.other', 'The request failed.');
  }
}

function fixOf(kind: ErrorKind, fix: string | undefined): string {
  switch (kind) {
    case 'unauthorized':
      return t(
        'errors.unauthorized-fix',
        'Give the data source the API_TOKEN of the exporter; to apply or ignore recommendations also its API_OPERATOR_TOKEN.',
      );
    case 'unreachable':
      return t('errors.unreachable-fix', 'See that it runs, and that the URL of the data source is right.');
    case 'forbidden':
    case 'not-found':
    case 'refused':
    case 'other':
      return fix ?? '';
  }
}
