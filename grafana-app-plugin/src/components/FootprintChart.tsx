/** Emissions of groups over time; with the band around each where there are few. */
import { useMemo } from 'react';
import type { Parameters } from '../api/client';
import { useApp } from '../app/context';
import { parametersOf } from '../app/range';
import { useAsync } from '../app/useAsync';
import { UNIT } from '../frames/fields';
import { seriesFrame, widthsFrom } from '../frames/series';
import { t } from '../i18n';
import { Chart } from './Chart';
import { Ready } from './states';

interface FootprintProps {
  readonly title: string;
  readonly by: readonly string[];
  readonly filters: Parameters;
}

/** Bands of more groups than these cover each other. */
const MAX_BANDS = 3;
const METRIC = 'co2e_grams';

export function FootprintChart({ title, by, filters }: FootprintProps) {
  const { api, range, timeZone } = useApp();
  const parameters = { ...parametersOf(range), ...filters, by, metric: METRIC };
  const found = useAsync(JSON.stringify(parameters), async () => {
    const [series, totals] = await Promise.all([
      api.get('/api/v1/series', parameters),
      api.get('/api/v1/totals', { ...parameters, limit: MAX_BANDS + 1 }),
    ]);
    const banded = series.series.length <= MAX_BANDS;
    return {
      frame: seriesFrame(series, banded ? widthsFrom(totals, totals.rows, METRIC) : null),
      banded,
      range,
    };
  });
  return (
    <Ready of={found} empty={({ frame }) => frame.length === 0}>
      {({ frame, banded, range: of }) => <Drawn {...{ frame, banded, title, timeZone }} range={of} />}
    </Ready>
  );
}

function Drawn({
  frame,
  banded,
  title,
  range,
  timeZone,
}: {
  readonly frame: ReturnType<typeof seriesFrame>;
  readonly banded: boolean;
  readonly title: string;
  readonly range: ReturnType<typeof useApp>['range'];
  readonly timeZone: string;
}) {
  const frames = useMemo(() => [frame], [frame]);
  return (
    <Chart
      title={title}
      description={t(
        'chart.band',
        'Line: central value. Band: from low to high, as uncertain in each bucket as over the whole range.',
      )}
      frames={frames}
      range={range}
      timeZone={timeZone}
      unit={UNIT.grams}
      stacked={!banded}
    />
  );
}
