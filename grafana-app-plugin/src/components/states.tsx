/** The states of a view that has no data to show: loading, wrong, empty. */
import { Alert, Button, EmptyState, LoadingPlaceholder } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { ApiError } from '../api/errors';
import type { Async } from '../app/useAsync';
import { t } from '../i18n';

export const Loading = ({ what }: { readonly what?: string }) => (
  <div role="status">
    <LoadingPlaceholder text={what ?? t('states.loading', 'Loading …')} />
  </div>
);

export function Failed({ error, onRetry }: { readonly error: ApiError; readonly onRetry?: () => void }) {
  return (
    <Alert title={error.message} severity="error">
      {error.fix !== '' && <p>{error.fix}</p>}
      {onRetry && (
        <Button variant="secondary" size="sm" icon="sync" onClick={onRetry}>
          {t('states.retry', 'Try again')}
        </Button>
      )}
    </Alert>
  );
}

export const Empty = ({
  message,
  children,
}: {
  readonly message?: string;
  readonly children?: ReactNode;
}) => (
  <EmptyState
    variant="not-found"
    hideImage
    message={message ?? t('states.empty', 'Nothing is known of this time range')}
  >
    {children ??
      t(
        'states.empty-help',
        'Choose another range, or wait: the exporter collects what its sources still have.',
      )}
  </EmptyState>
);

interface ReadyProps<T> {
  readonly of: Async<T>;
  readonly empty?: (data: T) => boolean;
  readonly whenEmpty?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** One of the states, or the view of the data. */
export function Ready<T>({ of, empty, whenEmpty, children }: ReadyProps<T>) {
  const { data, error, reload } = of;
  if (error) return <Failed error={error} onRetry={reload} />;
  if (data === null) return <Loading />;
  if (empty?.(data)) return <>{whenEmpty ?? <Empty />}</>;
  return <>{children(data)}</>;
}
