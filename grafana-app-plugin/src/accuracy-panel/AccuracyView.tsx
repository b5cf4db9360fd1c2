/** How well the estimate agrees with a meter: in figures, over time, one against the other. Used by the page and by the panel. */
import { css } from '@emotion/css';
import type { GrafanaTheme2, TimeZone } from '@grafana/data';
import { Alert, Combobox, TextLink, useStyles2, useTheme2 } from '@grafana/ui';
import { useState, type ReactNode } from 'react';
import { nothingMeasured } from '../frames/comparison';
import { change, number, percent, power, UNKNOWN } from '../format/quantity';
import { t } from '../i18n';
import { PowerChart, Scatter } from './Charts';
import type { Meter } from './meters';

interface AccuracyProps {
  readonly meters: readonly Meter[];
  readonly width: number;
  readonly height: number;
  readonly timeZone: TimeZone;
}

export function AccuracyView({ meters, width, height, timeZone }: AccuracyProps) {
  const styles = useStyles2(getStyles);
  const [chosen, setChosen] = useState<string | null>(null);
  const meter = meters.find((m) => idOf(m) === chosen) ?? meters[0];
  if (!meter) return <NothingMeasured />;
  const beside = width >= 640;
  const chartHeight = Math.max(140, Math.min(beside ? 420 : 280, beside ? height - 150 : (height - 190) / 2));
  const chart = { meter, height: chartHeight };
  return (
    <div className={styles.view}>
      {meters.length > 1 && (
        <Combobox
          aria-label={t('accuracy.meter', 'Meter')}
          width={width < 420 ? 36 : 48}
          options={meters.map((m) => ({
            value: idOf(m),
            label: m.name,
            description: `${m.source}, ${m.scope}`,
          }))}
          value={idOf(meter)}
          onChange={({ value }) => setChosen(value)}
        />
      )}
      <Figures meter={meter} />
      <Legend />
      <div className={styles.charts}>
        <PowerChart {...chart} width={beside ? width - chartHeight - 70 : width} timeZone={timeZone} />
        <Scatter {...chart} width={beside ? chartHeight + 60 : Math.min(width, chartHeight + 60)} />
      </div>
    </div>
  );
}

const idOf = ({ name, source, scope }: Meter): string => `${name}/${source}/${scope}`;

function Figures({ meter: m }: { readonly meter: Meter }) {
  const styles = useStyles2(getStyles);
  const range = m.utilisation.map((u) => (u === null ? UNKNOWN : percent(u))).join(' – ');
  const figures: readonly (readonly [string, string])[] = [
    [t('accuracy.source', 'Source'), `${m.source}, ${m.scope}`],
    [t('accuracy.bias', 'Bias'), change(m.bias)],
    [t('accuracy.mape', 'MAPE (load over 20 %)'), percent(m.mape)],
    [t('accuracy.mae', 'Mean error (below)'), power(m.maeWatts)],
    [t('accuracy.rmse', 'RMSE'), power(m.rmseWatts)],
    [t('accuracy.r2', 'R²'), m.r2 === null ? UNKNOWN : number(m.r2)],
    [t('accuracy.hours', 'Node hours'), m.hours === null ? UNKNOWN : number(m.hours)],
    [t('accuracy.load', 'Load seen'), range],
    [t('accuracy.coverage', 'Covered'), percent(m.coverage)],
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Legend() {
  const styles = useStyles2(getStyles);
  const { colors } = useTheme2();
  const entry = (colour: string, style: string, text: string): ReactNode => (
    <span className={styles.entry}>
      <span aria-hidden style={{ borderTop: `2px ${style} ${colour}`, width: 20, display: 'inline-block' }} />
      {text}
    </span>
  );
  return (
    <div className={styles.legend}>
      {entry(colors.success.text, 'solid', t('method.measured', 'measured'))}
      {entry(colors.warning.text, 'dashed', t('accuracy.estimated-band', 'estimated, ± RMSE; fitted line'))}
      {entry(colors.border.medium, 'solid', t('accuracy.equal', 'estimated = measured'))}
    </div>
  );
}

export function NothingMeasured() {
  return (
    <Alert severity="info" title={nothingMeasured()}>
      <p>
        {t(
          'accuracy.how',
          'Let the Prometheus that the exporter reads scrape one of these on the nodes; it is found by itself: Kepler, Scaphandre, node_exporter with RAPL, CEEMS, the IPMI exporter, or DCGM for GPUs. One metered node of each kind is enough to judge, and with CALIBRATE=true to correct, the estimate of the others.',
        )}
      </p>
      <TextLink href="https://sustainable-computing.io/" external>
        {t('accuracy.kepler', 'Kepler')}
      </TextLink>
    </Alert>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  view: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  figures: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 3),
    margin: 0,
    dt: {
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightRegular,
      fontSize: theme.typography.bodySmall.fontSize,
    },
    dd: { margin: 0, fontWeight: theme.typography.fontWeightMedium },
  }),
  legend: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 2),
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  entry: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  charts: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), overflow: 'hidden' }),
});
