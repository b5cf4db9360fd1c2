/** The grids that feed the nodes: intensity so far, the hours ahead, and the best window for a job. */
import { Combobox, Field } from '@grafana/ui';
import { dateTime, type TimeRange } from '@grafana/data';
import { useMemo, useState } from 'react';
import type { Intensity, IntensityForecast } from '../api/answers';
import { useApp } from '../app/context';
import { parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { Chart } from '../components/Chart';
import { DataTable } from '../components/DataTable';
import { Page } from '../components/Page';
import { Section } from '../components/Section';
import { Stat, Stats } from '../components/Stat';
import { Empty, Ready } from '../components/states';
import { UNIT } from '../frames/fields';
import { forecastFrame, intensityFrame } from '../frames/intensity';
import { intensity, percent, UNKNOWN } from '../format/quantity';
import { instant, length } from '../format/time';
import { t } from '../i18n';

export function Grid() {
  const { api, range } = useApp();
  const parameters = parametersOf(range);
  const zones = useAsync(JSON.stringify(parameters), async () => {
    const { pages } = await api.all('/api/v1/nodes', parameters);
    return [...new Set(pages.flatMap(({ items }) => items.map((node) => node.grid_zone)))].sort();
  });
  return (
    <Page
      title={t('nav.grid', 'Grid')}
      subTitle={t('grid.about', 'How clean the electricity was, and when it will be')}
    >
      <Ready of={zones} empty={(found) => found.length === 0}>
        {(found) => <Zones zones={found} />}
      </Ready>
    </Page>
  );
}

const JOBS = ['30m', '1h', '2h', '4h', '8h'] as const;

function Zones({ zones }: { readonly zones: readonly string[] }) {
  const { api, range } = useApp();
  const [chosen, setChosen] = useState<string | null>(null);
  const [duration, setDuration] = useState<string>('2h');
  const zone = zones.find((each) => each === chosen) ?? zones[0]!;
  const parameters = { ...parametersOf(range), zone };
  const past = useAsync(JSON.stringify(parameters), () => api.get('/api/v1/intensity', parameters));
  const ahead = useAsync(`${zone} ${duration}`, () =>
    api.get('/api/v1/intensity/forecast', { zone, duration, horizon: '48h' }),
  );
  return (
    <>
      <Field label={t('grid.zone', 'Grid zone')} noMargin>
        <Combobox
          id="greenkube-zone"
          width={30}
          options={zones.map((value) => ({ value, label: value }))}
          value={zone}
          onChange={({ value }) => setChosen(value)}
        />
      </Field>
      <Section title={t('grid.past', 'So far')}>
        <Ready of={past}>{(answer) => <Past answer={answer} />}</Ready>
      </Section>
      <Section
        title={t('grid.ahead', 'The hours ahead')}
        actions={
          <Combobox
            aria-label={t('grid.job', 'Length of a job')}
            width={20}
            options={JOBS.map((value) => ({
              value,
              label: t('grid.job-of', 'A job of {{length}}', { length: value }),
            }))}
            value={duration}
            onChange={({ value }) => setDuration(value)}
          />
        }
      >
        <Ready of={ahead}>{(answer) => <Ahead answer={answer} />}</Ready>
      </Section>
    </>
  );
}

function Past({ answer }: { readonly answer: Intensity }) {
  const { range, timeZone } = useApp();
  const frames = useMemo(() => [intensityFrame(answer)], [answer]);
  const { in_use: used, zone, points } = answer;
  const newest = points.at(-1);
  return (
    <>
      <Stats>
        <Stat label={t('grid.in-use', 'In use now')} value={used ? intensity(used.value) : UNKNOWN}>
          {used && (
            <span>
              {t('grid.source', 'Source: {{source}}, {{age}} old', {
                source: used.source,
                age: length(used.age_seconds),
              })}
            </span>
          )}
        </Stat>
        <Stat label={t('grid.newest', 'Newest hour told')} value={newest ? intensity(newest.value) : UNKNOWN}>
          {newest && <span>{`${newest.source}, ${instant(newest.time, timeZone)}`}</span>}
        </Stat>
      </Stats>
      {points.length === 0 ? (
        <Empty message={t('grid.no-history', 'No live source has told of this zone in the range')}>
          {t(
            'grid.no-history-help',
            'With ELECTRICITY_MAPS_TOKEN every zone has hourly values; some have a free national source.',
          )}
        </Empty>
      ) : (
        <Chart
          title={t('grid.chart', 'Grid intensity of {{zone}}', { zone })}
          frames={frames}
          range={range}
          timeZone={timeZone}
          unit={UNIT.gramsPerKwh}
        />
      )}
    </>
  );
}

function Ahead({ answer }: { readonly answer: IntensityForecast }) {
  const { timeZone } = useApp();
  const frames = useMemo(() => [forecastFrame(answer)], [answer]);
  const range = useMemo(() => rangeOf(answer), [answer]);
  const { best_window: best, backtest, method, low_windows: windows, zone } = answer;
  if (method === null || !range) {
    return (
      <Empty message={t('grid.no-forecast', 'Nothing can be forecast for this zone')}>
        {t(
          'grid.no-forecast-help',
          'A forecast needs a provider that gives one, or two weeks of hourly history.',
        )}
      </Empty>
    );
  }
  return (
    <>
      <Stats>
        <Stat label={t('grid.best', 'Best window')} value={best ? instant(best.from, timeZone) : UNKNOWN}>
          {best && <span>{t('grid.best-mean', 'mean {{mean}}', { mean: intensity(best.mean) })}</span>}
          {best?.saved_ratio !== null && best && (
            <span>
              {t('grid.best-saved', '{{share}} less than now', { share: percent(best.saved_ratio) })}
            </span>
          )}
        </Stat>
        <Stat
          label={t('grid.method', 'Forecast by')}
          value={method === 'provider' ? answer.source : t('grid.hour-of-week', 'hour of the week')}
        >
          {backtest && (
            <span>
              {t('grid.backtest', 'Off by {{mape}} on the last {{days}} days', {
                mape: percent(backtest.mape),
                days: backtest.days,
              })}
            </span>
          )}
        </Stat>
      </Stats>
      <Chart
        title={t('grid.forecast', 'Forecast of {{zone}} with its band', { zone })}
        frames={frames}
        range={range}
        timeZone={timeZone}
        unit={UNIT.gramsPerKwh}
      />
      {windows.length > 0 && (
        <DataTable
          name={t('grid.windows', 'Low-carbon windows')}
          rows={windows}
          keyOf={({ from }) => from}
          columns={[
            {
              id: 'from',
              header: t('grid.from', 'From'),
              cell: (w) => instant(w.from, timeZone),
              value: (w) => w.from,
            },
            {
              id: 'to',
              header: t('grid.to', 'To'),
              cell: (w) => instant(w.to, timeZone),
              value: (w) => w.to,
            },
            {
              id: 'mean',
              header: t('grid.mean', 'Mean'),
              cell: (w) => intensity(w.mean),
              value: (w) => w.mean,
              right: true,
            },
          ]}
        />
      )}
    </>
  );
}

function rangeOf({ points }: IntensityForecast): TimeRange | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  const [from, to] = [dateTime(first.time), dateTime(last.time)];
  return { from, to, raw: { from, to } };
}
