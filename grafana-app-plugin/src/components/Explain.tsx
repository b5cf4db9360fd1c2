/** Every number leads here: how it was computed, from which factors, of which source. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Drawer, IconButton, Stack, Text, useStyles2 } from '@grafana/ui';
import { createContext, useContext, useState, type ReactNode } from 'react';
import type { Explanation } from '../api/answers';
import { parametersOf } from '../app/range';
import { useApp } from '../app/context';
import { useAsync } from '../app/useAsync';
import { change, number, UNKNOWN } from '../format/quantity';
import { instant, length } from '../format/time';
import { t } from '../i18n';
import { DataTable } from './DataTable';
import { isExplainable, partName, seriesOf, type Figure } from './explain-series';
import { Method } from './Method';
import { Empty, Ready } from './states';

type Asked = { readonly figure: Figure } | { readonly series: string };
const Context = createContext<(asked: Asked) => void>(() => undefined);

export function ExplainProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <Context.Provider value={setAsked}>
      {children}
      {asked && (
        <Drawer
          title={t('explain.title', 'How this figure comes about')}
          onClose={() => setAsked(null)}
          size="md"
        >
          {'figure' in asked && !isExplainable(asked.figure) ? (
            <Parts figure={asked.figure} onAsk={setAsked} />
          ) : (
            <Explained series={'figure' in asked ? seriesOf(asked.figure) : asked.series} onAsk={setAsked} />
          )}
        </Drawer>
      )}
    </Context.Provider>
  );
}

/** @param of what the number is of, for those who do not see where the button stands */
export function ExplainButton({ figure, of }: { readonly figure: Figure; readonly of: string }) {
  const ask = useContext(Context);
  const label = t('explain.button', 'Explain {{of}}', { of });
  return <IconButton name="info-circle" tooltip={label} aria-label={label} onClick={() => ask({ figure })} />;
}

interface AskProps {
  readonly onAsk: (asked: Asked) => void;
}

/** The sum over a cluster: its namespaces, each of which can be explained. */
function Parts({ figure, onAsk }: AskProps & { readonly figure: Figure }) {
  const { api, range } = useApp();
  const parameters = {
    ...parametersOf(range),
    by: 'namespace',
    cluster: figure.key['cluster'] || undefined,
    limit: 50,
  };
  const found = useAsync(JSON.stringify(parameters), () => api.get('/api/v1/totals', parameters));
  return (
    <Stack direction="column" gap={2}>
      <Text>
        {t(
          'explain.sum',
          'This is the sum of its namespaces over the range. Choose one to see how its figure is computed:',
        )}
      </Text>
      <Ready of={found} empty={({ rows }) => rows.length === 0}>
        {({ rows }) => (
          <Stack direction="row" gap={1} wrap="wrap">
            {rows.map(({ key }) => (
              <Button
                key={`${key['cluster']}/${key['namespace']}`}
                size="sm"
                variant="secondary"
                onClick={() => onAsk({ figure: { metric: figure.metric, key } })}
              >
                {key['namespace']}
              </Button>
            ))}
          </Stack>
        )}
      </Ready>
    </Stack>
  );
}

function Explained({ series, onAsk }: AskProps & { readonly series: string }) {
  const { api, range } = useApp();
  const end = range.to.valueOf();
  // The figure is that of one interval: the last of the range, or the newest known where the range reaches the present.
  const time = end < Date.now() - 600_000 ? String(Math.floor(end / 1000) - 1) : undefined;
  const found = useAsync(`${series} ${time}`, () => api.get('/api/v1/explain', { series, time }));
  return <Ready of={found}>{(explanation) => <Body explanation={explanation} onAsk={onAsk} />}</Ready>;
}

const value = (v: number | null, unit: string) => (v === null ? UNKNOWN : `${number(v)} ${unit}`);

function Body({ explanation: e, onAsk }: AskProps & { readonly explanation: Explanation }) {
  const { timeZone } = useApp();
  return (
    <Stack direction="column" gap={2}>
      <Text variant="code">{e.series}</Text>
      <Text variant="h3">{value(e.value, e.unit)}</Text>
      {e.low !== null && e.high !== null && (
        <Text color="secondary">
          {t('explain.band', 'between {{low}} and {{high}}', {
            low: value(e.low, e.unit),
            high: value(e.high, e.unit),
          })}
        </Text>
      )}
      <Text>
        {t('explain.interval', 'Interval from {{start}} to {{end}}, {{known}} known', {
          start: instant(e.interval.start, timeZone),
          end: instant(e.interval.end, timeZone),
          known: `${number(e.interval.coverage * 100)} %`,
        })}
      </Text>
      <Stack direction="row" gap={1} wrap="wrap">
        {e.methods.map((method) => (
          <Method key={method} method={method} />
        ))}
      </Stack>
      {e.reasons.length > 0 && (
        <Text color="secondary">
          {t('explain.reasons', 'Estimated because of: {{reasons}}', {
            reasons: e.reasons.map((reason) => reason.toLowerCase().replaceAll('_', ' ')).join(', '),
          })}
        </Text>
      )}
      <Text variant="h5">{t('explain.formula', 'Formula')}</Text>
      <Text variant="code">{e.formula}</Text>
      <Factors explanation={e} />
      <Steps explanation={e} />
      <SumParts explanation={e} onAsk={onAsk} />
      {e.exact === false && (
        <Text color="secondary">
          {t('explain.differs', 'Computed again now: {{recomputed}}. {{why}}', {
            recomputed: value(e.recomputed, e.unit),
            why: e.differences.join('; '),
          })}
        </Text>
      )}
    </Stack>
  );
}

function Factors({ explanation: { factors } }: { readonly explanation: Explanation }) {
  if (factors.length === 0) return null;
  type Factor = (typeof factors)[number];
  const origin = (f: Factor) =>
    [
      f.source,
      f.version,
      f.year?.toString(),
      f.age_seconds !== null && f.age_seconds > 0
        ? t('explain.age', '{{age}} old', { age: length(f.age_seconds) })
        : null,
    ]
      .filter((part) => part)
      .join(', ');
  const band = (f: Factor) =>
    f.low === null || f.high === null || f.value === 0
      ? UNKNOWN
      : `${change(f.low / f.value - 1)} … ${change(f.high / f.value - 1)}`;
  return (
    <>
      <Text variant="h5">{t('explain.factors', 'Factors')}</Text>
      <DataTable
        name={t('explain.factors', 'Factors')}
        rows={factors}
        keyOf={(f) => f.symbol}
        columns={[
          {
            id: 'symbol',
            header: t('explain.symbol', 'Symbol'),
            cell: (f) => f.symbol,
            value: (f) => f.symbol,
          },
          { id: 'name', header: t('explain.name', 'Meaning'), cell: (f) => f.name, value: (f) => f.name },
          {
            id: 'value',
            header: t('explain.value', 'Value'),
            cell: (f) => value(f.value, f.unit),
            value: (f) => f.value,
            right: true,
          },
          { id: 'band', header: t('explain.width', 'Band'), cell: band },
          { id: 'source', header: t('explain.source', 'Source'), cell: origin, value: origin },
        ]}
      />
    </>
  );
}

function Steps({ explanation: { steps } }: { readonly explanation: Explanation }) {
  if (steps.length === 0) return null;
  return (
    <>
      <Text variant="h5">{t('explain.steps', 'Steps')}</Text>
      <ol>
        {steps.map((step) => (
          <li key={step.symbol}>
            <Text>{`${step.name}: ${step.symbol} = ${step.formula}`}</Text>
            <br />
            <Text variant="code">{`${step.numbers} = ${value(step.value, step.unit)}`}</Text>
          </li>
        ))}
      </ol>
    </>
  );
}

function SumParts({
  explanation: { parts, parts_unit: unit, rest, of },
  onAsk,
}: AskProps & { readonly explanation: Explanation }) {
  const styles = useStyles2(getStyles);
  if (parts.length === 0) return of === 'sum' ? <Empty /> : null;
  return (
    <>
      <Text variant="h5">{t('explain.parts', 'Largest parts')}</Text>
      {parts.map((part) => (
        <Stack key={part.series} direction="row" gap={1} alignItems="center" wrap="wrap">
          <button
            type="button"
            className={styles.part}
            title={part.series}
            onClick={() => onAsk({ series: part.series })}
          >
            {partName(part.series)}
          </button>
          <Text>{`${value(part.value, unit)} (${number(part.share * 100)} %)`}</Text>
        </Stack>
      ))}
      {rest && (
        <Text color="secondary">
          {t('explain.rest', 'and {{count}} more: {{value}}', {
            count: rest.count,
            value: value(rest.value, unit),
          })}
        </Text>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  part: css({
    background: 'none',
    border: 'none',
    padding: 0,
    textAlign: 'left',
    overflowWrap: 'anywhere',
    color: theme.colors.text.link,
    textDecoration: 'underline',
    cursor: 'pointer',
  }),
});
