/** The section of docs/benchmarks.md about database servers. */
import type { ClustersFigures, Sizes } from './ledger-bench.js';
import { ms, of, seconds, table, thousands, type Cell } from './report-table.js';
import type { Entry, HistoryResult, ServerResult } from './results.js';

const STEP_SECONDS = 300;
/** Days that intervals and hours are kept by default, and a year of days. */
const KEPT_DAYS = { intervals: 7, hours: 90, days: 365 } as const;
const SHOWN_PODS = 5000;

export function serversSection(entries: readonly Entry[]): string {
  const results: ServerResult[] = [
    ...of<ServerResult>(entries, 'postgres'),
    ...of<ServerResult>(entries, 'elasticsearch'),
  ];
  const [first] = results;
  if (!first) return '';
  const [sqlite] = of<HistoryResult>(entries, 'history');
  return [
    `## History in a database server, ${thousands(first.pods)} pods on ${thousands(first.nodes)} nodes\n`,
    'The exporter\u2019s own code commits 288 intervals of the demo world, enlarged, one after the other, to a server with its defaults on the ' +
      'same machine, over loopback; 29 copies of that day, pruned as retention does, are the month that is asked. Median (largest) where two ' +
      'figures stand.\n',
    table(['', ...results.map((r) => r.server)], commitRows(results)),
    sizesPart(results, sqlite),
    table(['Question: p50 (p99), ms', ...results.map((r) => r.server)], questionRows(first, results)),
    ...results.map(clustersPart),
  ].join('\n');
}

function commitRows(results: readonly ServerResult[]): Cell[][] {
  const both = ({ p50, max }: ServerResult['commit']): string => `${seconds(p50)} (${seconds(max)})`;
  return [
    ['First commit, s', ...results.map((r) => seconds(r.firstCommit))],
    ['Commit of an interval, s', ...results.map((r) => both(r.commit))],
    ['… that makes an hour whole', ...results.map((r) => both(r.hourCommit))],
    ['… that makes the day whole', ...results.map((r) => seconds(r.dayCommit))],
    ['Backfill of a day, s', ...results.map((r) => seconds(r.backfillSeconds))],
  ];
}

function sizesPart(results: readonly ServerResult[], sqlite: HistoryResult | undefined): string {
  const columns = [
    ...(sqlite ? [{ name: 'SQLite', bytes: sizesOf(sqlite) }] : []),
    ...results.map((r) => ({ name: r.server, bytes: r.bytes })),
  ];
  const row = (what: string, read: (bytes: Sizes) => number): Cell[] => [
    what,
    ...columns.map(({ bytes }) => thousands(Math.round(read(bytes)))),
  ];
  const rows = [
    row('Single intervals', (bytes) => bytes.intervals),
    row('Hours', (bytes) => bytes.hours),
    row('Days', (bytes) => bytes.days),
  ];
  const years = columns.map(({ name, bytes }) => `${name} ${gib(yearOf(bytes) * SHOWN_PODS)}`);
  return (
    `${table(['Bytes a pod-day', ...columns.map(({ name }) => name)], rows)}\n**Which to choose.** With the default retention (single intervals ` +
    `for ${KEPT_DAYS.intervals} days, hours for ${KEPT_DAYS.hours}, days for good) the rows of ${thousands(SHOWN_PODS)} pods of one year come to, in ` +
    `GiB: ${years.join(', ')}. SQLite is the smallest and asks for nothing beside the exporter: take it while one replica that writes to its own ` +
    'volume is enough. Take PostgreSQL for several replicas, of which one writes and the others serve and take over, for many clusters in one ' +
    'history, or to read it with other tools. Take Elasticsearch for the same where it is what you run.\n'
  );
}

const sizesOf = ({ rawBytes, hourBytes, dayBytes }: HistoryResult): Sizes => ({
  intervals: rawBytes,
  hours: hourBytes,
  days: dayBytes,
});

const yearOf = ({ intervals, hours, days }: Sizes): number =>
  intervals * KEPT_DAYS.intervals + hours * KEPT_DAYS.hours + days * KEPT_DAYS.days;

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

function questionRows(first: ServerResult, results: readonly ServerResult[]): Cell[][] {
  return first.questions.map(({ what }) => [
    what,
    ...results.map((r) => {
      const found = r.questions.find((q) => q.what === what);
      return found ? `${ms(found.p50)} (${ms(found.p99)})` : '';
    }),
  ]);
}

function clustersPart({ server, clusters, pods }: ServerResult): string {
  const last = clusters.at(-1);
  if (!last) return '';
  const rows = clusters.map((c) => [
    c.clusters,
    `${seconds(c.commit.p50)} (${seconds(c.commit.max)})`,
    `${seconds(c.hourCommit.p50)} (${seconds(c.hourCommit.max)})`,
    seconds(c.longestRound),
  ]);
  return (
    `### Many clusters in one ${server}\n\nAs many exporters, in one process, commit an interval of ${thousands(pods)} pods each at the same ` +
    `moment.\n\n${table(['Clusters', 'One commit, s', '… that makes an hour whole', 'All have, s'], rows)}\n${keepingUp(last)}\n`
  );
}

/** With twice the clusters a round takes twice as long, so that the largest number follows from the most that was measured. */
function keepingUp({ clusters, longestRound }: ClustersFigures): string {
  const most = Math.floor((clusters * STEP_SECONDS) / longestRound);
  const round = `The longest round of ${clusters} clusters took ${seconds(longestRound)} s`;
  return most >= clusters
    ? `${round} of the ${STEP_SECONDS} s of a step; in proportion, which was not tried, **${thousands(most)} clusters** would keep up on this machine.`
    : `${round}, longer than a step of ${STEP_SECONDS} s: in proportion **${thousands(most)} clusters** keep up on this machine.`;
}
