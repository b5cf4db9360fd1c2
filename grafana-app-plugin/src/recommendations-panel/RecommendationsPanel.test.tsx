import { FieldType, LoadingState, toDataFrame, type DataFrame, type PanelProps } from '@grafana/data';
import { setBackendSrv, setDataSourceSrv, type BackendSrv, type DataSourceSrv } from '@grafana/runtime';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { GreenKubeApi } from '../api/client';
import type { Recommendation } from '../api/recommendations';
import { recommendationsFrame } from '../frames/recommendations';
import { recommendation } from '../testing/answers';
import { fakeExporter, Refusal, type FakeExporter } from '../testing/exporter';
import type { RecommendationsOptions } from './options';
import { RecommendationsPanel } from './RecommendationsPanel';

let exporter: FakeExporter;

beforeEach(() => {
  exporter = fakeExporter();
  setBackendSrv(exporter.backend as unknown as BackendSrv);
  setDataSourceSrv({ get: async () => ({ api: new GreenKubeApi('/proxy') }) } as unknown as DataSourceSrv);
});
afterEach(cleanup);

function show(
  series: readonly DataFrame[],
  options: RecommendationsOptions = { sort: 'co2e', group: 'none' },
) {
  const at = (ms: number) => ({ valueOf: () => ms });
  const data = {
    state: LoadingState.Done,
    series,
    request: { targets: [{ refId: 'A', datasource: { uid: 'gk' } }] },
  };
  const props = {
    id: 1,
    data,
    options,
    fieldConfig: { defaults: {}, overrides: [] },
    timeRange: { from: at(1), to: at(2) },
  };
  return render(<RecommendationsPanel {...(props as unknown as PanelProps<RecommendationsOptions>)} />);
}
const showItems = (items: readonly Recommendation[], options?: RecommendationsOptions) =>
  show([toDataFrame(recommendationsFrame(items))], options);

const small = recommendation('small', {
  target: { ...recommendation('x').target, workload: 'small', container: null },
  savings: { co2e_grams_per_year: 100, cost_per_year: { currency: 'EUR', amount: 99 } },
});
const large = recommendation('large');
const names = () => screen.getAllByRole('article').map((card) => card.getAttribute('aria-label'));

describe('the recommendations panel', () => {
  it('shows what to change, why, how sure and what it saves', async () => {
    showItems([large]);
    const card = within(screen.getByRole('article'));
    expect(card.getByText('1 cores → 0.25 cores')).toBeTruthy();
    expect(card.getByText('90 % sure')).toBeTruthy();
    expect(card.getByText('12 kg CO₂e a year')).toBeTruthy();
    expect(card.getByText('€42.00 a year')).toBeTruthy();
    await userEvent.click(card.getByRole('button', { name: 'Evidence' }));
    expect(card.getByText('0.2 cores')).toBeTruthy();
  });

  it('orders by what is saved', () => {
    showItems([small, large]);
    expect(names()).toEqual([
      'Asks for too much CPU: shop / web / app',
      'Asks for too much CPU: shop / small',
    ]);
    cleanup();
    showItems([small, large], { sort: 'cost', group: 'none' });
    expect(names()[0]).toMatch('small');
  });

  it('groups by workload', () => {
    showItems([small, large], { sort: 'co2e', group: 'workload' });
    expect(screen.getAllByRole('heading', { level: 3 }).map((h) => h.textContent)).toEqual([
      'shop / web',
      'shop / small',
    ]);
  });

  it('finds by name and says when nothing fits', async () => {
    showItems([small, large]);
    await userEvent.type(screen.getByRole('textbox', { name: 'Look for' }), 'small');
    expect(names()).toHaveLength(1);
    await userEvent.type(screen.getByRole('textbox', { name: 'Look for' }), 'zzz');
    expect(screen.queryByRole('article')).toBeNull();
    expect(screen.getByText('None fits what is looked for.')).toBeTruthy();
  });

  it('adds up active ones alone', () => {
    showItems([small, large, recommendation('x', { status: 'ignored' })]);
    expect(screen.getByText('2 active, together 12.1 kg CO₂e, €141.00 a year')).toBeTruthy();
  });

  it('leads to the workload with the time range kept', () => {
    showItems([large]);
    expect(screen.getByRole('link').getAttribute('href')).toBe(
      '/a/greenkube-app/explore?cluster=c&namespace=shop&workload=web&from=1&to=2',
    );
  });

  it('copies the patch', async () => {
    const writeText = jest.fn(async (_: string) => undefined);
    const user = userEvent.setup();
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    exporter.answers.set('/api/v1/recommendations/large/patch', 'kind: Deployment\n');
    showItems([large]);
    await user.click(screen.getByRole('button', { name: 'Copy patch' }));
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeTruthy();
    expect(writeText).toHaveBeenCalledWith('kind: Deployment\n');
  });

  it('says why a patch cannot be had', async () => {
    exporter.answers.set('/api/v1/recommendations/large/patch', new Refusal(502, {}));
    showItems([large]);
    await userEvent.click(screen.getByRole('button', { name: 'Copy patch' }));
    expect(await screen.findByText('The exporter does not answer.')).toBeTruthy();
  });

  it('offers no change of state: a dashboard only shows', () => {
    showItems([large]);
    expect(screen.queryByRole('button', { name: 'Ignore' })).toBeNull();
  });

  it('says so when there is nothing to recommend, and when the data are others', () => {
    showItems([]);
    expect(screen.getByRole('status').textContent).toMatch(/Nothing to recommend/);
    cleanup();
    const other = toDataFrame({ fields: [{ name: 'x', type: FieldType.number, values: [1] }] });
    expect(() => show([other])).not.toThrow();
    expect(screen.queryByRole('article')).toBeNull();
  });
});
