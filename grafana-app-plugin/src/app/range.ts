/** The time range of the app: in the address, as Grafana writes it, so that links and reloads keep it. */
import { dateTimeParse, rangeUtil, type RawTimeRange, type TimeRange, type TimeZone } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { useMemo, useState } from 'react';
import { useLocation } from 'react-router';
import type { Parameters } from '../api/client';

const DEFAULT: RawTimeRange = { from: 'now-24h', to: 'now' };

export interface RangeState {
  readonly range: TimeRange;
  readonly setRange: (raw: RawTimeRange) => void;
  /** Counts the times that "now" was read anew. */
  readonly refresh: () => void;
}

export function useRange(timeZone: TimeZone): RangeState {
  const { search } = useLocation();
  const [round, setRound] = useState(0);
  const query = new URLSearchParams(search);
  const from = query.get('from') ?? String(DEFAULT.from);
  const to = query.get('to') ?? String(DEFAULT.to);
  const range = useMemo(() => resolved({ from, to }, timeZone), [from, to, timeZone, round]);
  return {
    range,
    setRange: (raw) => locationService.partial({ from: written(raw.from), to: written(raw.to) }),
    refresh: () => setRound((n) => n + 1),
  };
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

function resolved(raw: { from: string; to: string }, timeZone: TimeZone): TimeRange {
  const read = (text: string) => (isNumber(text) ? dateTimeParse(Number(text), { timeZone }) : text);
  const range = rangeUtil.convertRawToRange({ from: read(raw.from), to: read(raw.to) }, timeZone);
  return range.from.isValid() && range.to.isValid() && range.from.isBefore(range.to)
    ? range
    : rangeUtil.convertRawToRange(DEFAULT, timeZone);
}

const written = (point: RawTimeRange['from']): string =>
  typeof point === 'string' ? point : String(point.valueOf());

const inSeconds = (from: number, to: number): Parameters => ({
  from: String(Math.floor(from / 1000)),
  to: String(Math.ceil(to / 1000)),
});

export const parametersOf = ({ from, to }: TimeRange): Parameters => inSeconds(from.valueOf(), to.valueOf());

/** The range of the same length that ends where this one begins. */
export function parametersBefore({ from, to }: TimeRange): Parameters {
  const length = to.valueOf() - from.valueOf();
  return inSeconds(from.valueOf() - length, from.valueOf());
}

/** Parameters of the address that go along from page to page. */
const KEPT = ['from', 'to', 'ds'];

/** A link within the app: the range and the data source stay, the rest is as given. */
export function linkTo(
  path: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
  search = currentSearch(),
): string {
  const kept = new URLSearchParams(search);
  const query = new URLSearchParams();
  for (const name of KEPT) {
    const value = kept.get(name);
    if (value !== null) query.set(name, value);
  }
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

const currentSearch = (): string => locationService.getLocation().search;
