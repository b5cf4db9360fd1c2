/** What the health check of the data source says. */
import type { TestDataSourceResponse } from '@grafana/data';
import type { Health } from '../api/answers';
import { length } from '../format/time';
import { t } from '../i18n';

export function healthOf({ version, cluster, checks, freshness, status }: Health): TestDataSourceResponse {
  const failing = checks.filter(({ ok, required }) => !ok && required);
  const named = t('health.connected', 'Connected to GreenKube {{version}}, cluster {{cluster}}.', {
    version,
    cluster,
  });
  if (failing.length > 0) {
    const reasons = failing.map(({ name, reason }) => (reason ? `${name}: ${reason}` : name)).join('; ');
    return {
      status: 'error',
      message: `${named} ${t('health.failing', 'Not ready: {{reasons}}.', { reasons })}`,
    };
  }
  const age = length(freshness.age_seconds);
  const fresh = freshness.stale
    ? t('health.stale', 'Its newest data are {{age}} old.', { age })
    : t('health.fresh', 'Its data are up to date.');
  return {
    status: freshness.stale || status === 'error' ? 'error' : 'success',
    message: `${named} ${fresh}`,
  };
}
