/** The frame of a page: title, data source and time range, and the explanation that is asked for. */
import { locationService, PluginPage } from '@grafana/runtime';
import { Combobox, Stack, TimeRangePicker, ToolbarButton } from '@grafana/ui';
import type { RawTimeRange } from '@grafana/data';
import type { ReactNode } from 'react';
import { useApp } from '../app/context';
import { t } from '../i18n';
import { ExplainProvider } from './Explain';

interface PageProps {
  readonly title: string;
  readonly subTitle?: string;
  /** False: the page is about now, whatever the range. */
  readonly timed?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, subTitle, timed = true, children }: PageProps) {
  return (
    <PluginPage pageNav={{ text: title }} subTitle={subTitle} actions={<Controls timed={timed} />}>
      <ExplainProvider>{children}</ExplainProvider>
    </PluginPage>
  );
}

function Controls({ timed }: { readonly timed: boolean }) {
  const { range, setRange, refresh, timeZone, source, sources } = useApp();
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
      {sources.length > 1 && (
        <Combobox
          aria-label={t('page.source', 'Data source')}
          width={24}
          options={sources.map(({ uid, name }) => ({ value: uid, label: name }))}
          value={source.uid}
          onChange={({ value }) => locationService.partial({ ds: value })}
        />
      )}
      {timed && (
        <TimeRangePicker
          value={range}
          timeZone={timeZone}
          onChange={({ raw }) => setRange(raw)}
          onChangeTimeZone={() => undefined}
          onMoveBackward={() => setRange(moved(range, -1))}
          onMoveForward={() => setRange(moved(range, 1))}
          onZoom={() => setRange(zoomedOut(range))}
        />
      )}
      <ToolbarButton
        icon="sync"
        tooltip={t('page.refresh', 'Refresh')}
        aria-label={t('page.refresh', 'Refresh')}
        onClick={refresh}
      />
    </Stack>
  );
}

type Range = ReturnType<typeof useApp>['range'];

/** By half of its length, as Grafana's own picker does. */
function moved({ from, to }: Range, sign: number): RawTimeRange {
  const half = (sign * (to.valueOf() - from.valueOf())) / 2;
  return { from: String(from.valueOf() + half), to: String(Math.min(Date.now(), to.valueOf() + half)) };
}

function zoomedOut({ from, to }: Range): RawTimeRange {
  const half = (to.valueOf() - from.valueOf()) / 2;
  return { from: String(from.valueOf() - half), to: String(Math.min(Date.now(), to.valueOf() + half)) };
}
