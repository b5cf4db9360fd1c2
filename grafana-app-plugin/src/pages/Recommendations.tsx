/** What to do about it; Editors mark what they have applied, ignore and restore. */
import { locationService } from '@grafana/runtime';
import { RadioButtonGroup, Stack } from '@grafana/ui';
import { useState } from 'react';
import { useLocation } from 'react-router';
import { fetchPatch, LIFECYCLE, type Recommendation, type Scan, type Status } from '../api/recommendations';
import { useApp } from '../app/context';
import { linkTo } from '../app/range';
import { useAsync } from '../app/useAsync';
import { Page } from '../components/Page';
import { RecommendationList } from '../components/Recommendations';
import { statusName } from '../components/recommendation-words';
import { Empty, Ready } from '../components/states';
import { page } from '../constants';
import { co2e, money } from '../format/quantity';
import { t } from '../i18n';
import { scopeOf, type Scope } from './scope';
import { Trail } from './Trail';

const STATUSES: readonly Status[] = ['active', 'ignored', 'applied', 'stale'];
const isStatus = (text: string | null): text is Status => STATUSES.includes(text as Status);

export function Recommendations() {
  const { api, canChange } = useApp();
  const { search } = useLocation();
  const [said, setSaid] = useState('');
  const asked = new URLSearchParams(search).get('status');
  const status = isStatus(asked) ? asked : 'active';
  const scope = scopeOf(search);
  const parameters = { ...scope, status };
  const found = useAsync(JSON.stringify(parameters), async () => {
    const { pages } = await api.all('/api/v1/recommendations', parameters);
    return { items: pages.flatMap(({ items }) => items), scans: pages[0]?.scans ?? [] };
  });
  const change = async (id: string, action: keyof typeof LIFECYCLE) => {
    await LIFECYCLE[action](api, id);
    setSaid(saidOf(action));
    found.reload();
  };
  return (
    <Page
      timed={false}
      title={t('nav.recommendations', 'Recommendations')}
      subTitle={t('recommendations.about', 'What each change saves a year, with the evidence and the patch')}
    >
      {Object.keys(scope).length > 0 && <Trail scope={scope} />}
      <Stack direction="row" wrap="wrap" gap={1}>
        <RadioButtonGroup
          aria-label={t('recommendations.status', 'State')}
          options={STATUSES.map((value) => ({ value, label: statusName(value) }))}
          value={status}
          onChange={(value) => locationService.partial({ status: value })}
        />
      </Stack>
      <p role="status">{said}</p>
      <Ready of={found} empty={({ items }) => items.length === 0} whenEmpty={<Nothing status={status} />}>
        {({ items, scans }) => (
          <>
            {status === 'active' && scans.map((scan) => <Realisable key={scan.cluster} scan={scan} />)}
            <RecommendationList
              key={status}
              items={items}
              initial={{ sort: 'co2e', group: 'none', text: '' }}
              patch={(id) => fetchPatch(api, id)}
              link={(item) => linkTo(page('explore'), scopeOfTarget(item))}
              {...(canChange && { change })}
            />
          </>
        )}
      </Ready>
    </Page>
  );
}

type ScanTotals = Pick<Scan, 'cluster' | 'immediate' | 'realisable' | 'removable_nodes'>;

/** A smaller request saves nothing by itself: most of what is claimed comes true when nodes go. */
function Realisable({ scan }: { readonly scan: ScanTotals }) {
  const { cluster, removable_nodes: nodes } = scan;
  const [now, then] = [amountsOf(scan.immediate), amountsOf(scan.realisable)];
  return (
    <p>
      {t('recommendations.at-once', '{{cluster}} as a whole: {{now}} a year fall at once', { cluster, now })}
      {nodes.length > 0 &&
        t('recommendations.realisable', ', {{then}} once these nodes are removed: {{nodes}}', {
          then,
          nodes: nodes.join(', '),
        })}
    </p>
  );
}

const amountsOf = ({ co2e_grams_per_year: grams, cost_per_year: cost }: Scan['immediate']): string =>
  [co2e(grams), ...(cost ? [money(cost.amount, cost.currency)] : [])].join(', ');

const saidOf = (action: keyof typeof LIFECYCLE): string =>
  ({
    apply: t('recommendations.was-applied', 'Marked as applied. What it saves is measured from now on.'),
    ignore: t('recommendations.was-ignored', 'Ignored. It stays so until you restore it.'),
    restore: t('recommendations.was-restored', 'Restored.'),
  })[action];

function scopeOfTarget({ target }: Recommendation): Scope {
  const { cluster, namespace, workload, node } = target;
  const parts = { cluster, namespace, workload, node: namespace ? '' : node };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value));
}

const Nothing = ({ status }: { readonly status: Status }) =>
  status === 'active' ? (
    <Empty message={t('recommendations.none', 'Nothing to recommend: what runs here is well sized.')}>
      {t(
        'recommendations.none-help',
        'Recommendations need at least a day of history; what is found is looked for anew every few hours.',
      )}
    </Empty>
  ) : (
    <Empty message={t('recommendations.none-of', 'None is {{status}}.', { status: statusName(status) })}>
      {t('recommendations.none-of-help', 'Stale ones were found once and are no longer.')}
    </Empty>
  );
