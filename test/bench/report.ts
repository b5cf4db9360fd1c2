/** docs/benchmarks.md from the results. */
import { GOALS, type Goal } from './goals.js';
import { serversSection } from './report-servers.js';
import { kib, mib, ms, of, percent, seconds, table, thousands, type Cell } from './report-table.js';
import type {
  BackfillResult,
  CycleResult,
  Entry,
  HistoryResult,
  KubernetesResult,
  RecommendResult,
  Machine,
  RestartResult,
} from './results.js';
import { largest, median } from './stats.js';

const HEAD = `# Benchmarks

Written by \`pnpm bench\`, which measures the built exporter as a process of its own against a real Prometheus that holds the demo world,
enlarged; \`pnpm bench cycle-500 …\` measures some of it again and keeps the other figures. It needs \`prometheus\` on the PATH, 10 GB of
memory and about an hour and a quarter; \`elasticsearch-5000\` is skipped unless \`test/servers/elasticsearch/build.sh\` has installed a server.
Exporter, Prometheus, the measuring threads and whatever else the machine does share its cores.

- **Cycle**: from the first query to the new snapshot being handed to the serving thread, for one interval of 300 s, live. A relay in
  front of Prometheus notes when each query was sent and when its last byte came: **Prometheus answering** is the time in which at least
  one query was under way there, **ours** is the rest, as wall time. CPU is that of the whole exporter process, the scrapes of the bench
  included. The exporter's clock runs five times as fast, its timers do not.
- **Memory**: VmHWM since the start, and the median of VmRSS between cycles.
- **Scrape**: \`/metrics\` as gzip, once a second while cycles run, until the last byte. Block: the largest
  \`nodejs_eventloop_lag_max_seconds\` shown. \`/livez\` is asked every 150 ms besides.
- **Restart**: from the start of the process until \`/metrics\` with pods in it, and \`/api/v1/totals\`, have answered; the slowest of five.
`;

export function renderReport(entries: readonly Entry[]): string {
  return [
    HEAD,
    goalsSection(entries),
    cycleSection(entries),
    queriesSection(entries),
    backfillSection(entries),
    restartSection(entries),
    historySection(entries),
    recommendSection(entries),
    kubernetesSection(entries),
    serversSection(entries),
    machinesSection(entries),
  ]
    .filter((section) => section !== '')
    .join('\n');
}

function goalsSection(entries: readonly Entry[]): string {
  const judged = GOALS.flatMap((goal) => {
    const entry = entries.find((e) => e.name === goal.bench);
    return entry ? [{ goal, measured: goal.read(entry) }] : [];
  });
  const rows = judged.map(({ goal, measured }) => [
    goal.text,
    `≤ ${amount(goal.limit, goal)}`,
    amount(measured, goal),
    measured <= goal.limit ? 'met' : '**missed**',
  ]);
  return `## Goals\n\n${table(['Goal', 'Limit', 'Measured', ''], rows)}`;
}

const amount = (value: number, { unit }: Goal): string =>
  unit === 's' ? `${seconds(value)} s` : `${thousands(Math.round(value))} ${unit}`;

function cycleSection(entries: readonly Entry[]): string {
  const results = of<CycleResult>(entries, 'cycle').toSorted((a, b) => a.world.pods - b.world.pods);
  if (results.length === 0) return '';
  const column = (read: (r: CycleResult) => Cell): Cell[] => results.map(read);
  const typical = (read: (c: CycleResult['cycles'][number]) => number) => (r: CycleResult) =>
    `${seconds(median(r.cycles.map(read)))} (${seconds(largest(r.cycles.map(read)))})`;
  const rows: Cell[][] = [
    ['Nodes', ...column((r) => thousands(r.world.nodes))],
    ['Series in Prometheus', ...column((r) => thousands(r.world.series))],
    ['Cycle, s: median (largest)', ...column(typical((c) => c.total))],
    ['… Prometheus answering', ...column(typical((c) => c.prometheus))],
    ['… ours', ...column(typical((c) => c.ours))],
    ['First cycle after the start, s', ...column((r) => seconds(r.first.total))],
    ['CPU of the exporter a cycle, s', ...column(typical((c) => c.cpu))],
    ['Answers a cycle on the wire, MiB', ...column((r) => mib(median(r.cycles.map((c) => c.bytes))))],
    ...['observe', 'compute', 'commit', 'publish'].map((phase) => [
      `Phase ${phase}, mean s`,
      ...column((r) => seconds(r.phases[phase] ?? NaN)),
    ]),
    ['Machine taken by other programs, %', ...column((r) => percent(largest(r.cycles.map((c) => c.others))))],
    ['RSS peak, MiB', ...column((r) => mib(r.rss.peak))],
    ['RSS between cycles, MiB', ...column((r) => mib(r.rss.steady))],
    ['Scrape p50, ms', ...column((r) => ms(r.scrape.p50))],
    ['Scrape p99 (largest), ms', ...column((r) => `${ms(r.scrape.p99)} (${ms(r.scrape.max)})`)],
    ['Scrapes measured', ...column((r) => r.scrape.count)],
    ['Scrape size as gzip, KiB', ...column((r) => kib(r.scrape.gzipBytes))],
    ['Scrape size as plain text, KiB', ...column((r) => kib(r.scrape.plainBytes))],
    ['Plain scrape p50, ms', ...column((r) => ms(r.scrape.plainP50))],
    ['Event-loop block, largest, ms', ...column((r) => ms(r.scrape.block))],
    ['/livez p99 (largest), ms', ...column((r) => `${ms(r.scrape.livezP99)} (${ms(r.scrape.livezMax)})`)],
  ];
  const head = ['Pods', ...results.map((r) => thousands(r.world.pods))];
  return `## Live cycle, memory, scrape\n\n${table(head, rows)}`;
}

function queriesSection(entries: readonly Entry[]): string {
  const result = of<CycleResult>(entries, 'cycle').toSorted((a, b) => b.world.pods - a.world.pods)[0];
  if (!result) return '';
  const rows = result.slowest.map((q) => [`\`${shorten(q.query)}\``, seconds(q.seconds), mib(q.bytes)]);
  const title = `Slowest queries of one cycle at ${thousands(result.world.pods)} pods`;
  return `### ${title}\n\nTwo are under way at a time.\n\n${table(['Query', 's', 'MiB on the wire'], rows)}`;
}

/** What is selected and over which window says most of what a query costs. */
function shorten(query: string): string {
  const flat = query.replaceAll('|', '¦');
  return flat.length <= 110 ? flat : `${flat.slice(0, 107)}…`;
}

function backfillSection(entries: readonly Entry[]): string {
  const results = of<BackfillResult>(entries, 'backfill');
  if (results.length === 0) return '';
  const rows = results.map((r) => [
    thousands(r.world.pods),
    r.world.scrapeInterval,
    r.intervals,
    seconds(r.seconds),
    seconds(r.prometheus),
    seconds(r.cpu),
    mib(r.rssPeak),
    ms(r.scrapeP99),
    percent(r.others),
  ]);
  const head = [
    ...['Pods', 'Scrape interval, s', 'Intervals', 'Total, s', 'Prometheus answering, s'],
    ...['CPU of the exporter, s', 'RSS peak, MiB', 'Scrape p99 meanwhile, ms', 'Machine taken by others, %'],
  ];
  const disk = results.map((r) => {
    const each = Math.round(r.databaseBytes / r.world.pods);
    return `The day is ${mib(r.databaseBytes)} MiB on disk: **${thousands(each)} bytes a pod-day** of ${r.intervals} intervals, everything included.\n`;
  });
  return (
    `## Backfill of one day, and its size on disk\n\nFrom the start of the process to the last interval. The wide scrape interval keeps loading the ` +
    `day feasible; it makes Prometheus' part cheaper than at 30 s and leaves ours as it is.\n\n${table(head, rows)}\n${disk.join('\n')}`
  );
}

function restartSection(entries: readonly Entry[]): string {
  const results = of<RestartResult>(entries, 'restart').toSorted((a, b) => a.pods - b.pods);
  if (results.length === 0) return '';
  const rows = results.map((r) => [
    thousands(r.pods),
    r.intervals,
    mib(r.databaseBytes),
    `${seconds(median(r.metrics))} (${seconds(largest(r.metrics))})`,
    `${seconds(median(r.totals))} (${seconds(largest(r.totals))})`,
    `${seconds(median(r.stop))} (${seconds(largest(r.stop))})`,
  ]);
  const head = [
    'Pods',
    'Intervals',
    'Database, MiB',
    '/metrics, s',
    '/api/v1/totals, s',
    'SIGTERM to end, s',
  ];
  return `## Restart\n\nMedian (largest) of five.\n\n${table(head, rows)}`;
}

function historySection(entries: readonly Entry[]): string {
  const [result] = of<HistoryResult>(entries, 'history');
  if (!result) return '';
  const { alone, crowd, crowdFailures, year } = result;
  const rows = alone.map((q, n) => [
    q.what,
    ms(q.p50),
    ms(q.p99),
    kib(q.bytes),
    crowd[n]!.count,
    ms(crowd[n]!.p50),
    ms(crowd[n]!.p99),
    ms(crowd[n]!.max),
  ]);
  const head = [
    ...['Question', 'Alone: p50, ms', 'p99, ms', 'KiB'],
    ...['Among 50 readers: answers', 'p50, ms', 'p99, ms', 'largest, ms'],
  ];
  const disk = [
    ['Single intervals', Math.round(result.rawBytes)],
    ['Hours', Math.round(result.hourBytes)],
    ['Days', Math.round(result.dayBytes)],
  ];
  return (
    `## History of ${result.days} days at ${thousands(result.world.pods)} pods\n\nOver HTTP, to the last byte. Ten days of the demo world, three times over. Fifty readers ask one question after ` +
    `the other while live cycles run; ${crowdFailures} of their questions got no answer.\n\n${table(head, rows)}\n` +
    `${table(['Kept as', 'Bytes a pod-day'], disk)}\nA year (${mib(year.bytes)} MiB, pruned as retention does) serves \`/metrics\` after ` +
    `${seconds(largest(year.metrics))} s and \`/api/v1/totals\` after ${seconds(largest(year.totals))} s, the slowest of five starts.\n`
  );
}

function recommendSection(entries: readonly Entry[]): string {
  const [result] = of<RecommendResult>(entries, 'recommend');
  if (!result) return '';
  const row = (what: string, took: RecommendResult['scan']): readonly Cell[] => [
    what,
    seconds(took.seconds),
    seconds(took.cpuSeconds),
    Math.round(took.blockMs),
  ];
  const rows = [row('First scan', result.scan), row('The same window again', result.again)];
  return (
    `## Recommendations of ${thousands(result.workloads)} workloads\n\n${thousands(result.pods)} pods on ${thousands(result.nodes)} nodes, ` +
    `${thousands(result.hours)} whole hours; ${thousands(result.found)} are found; largest resident memory ${mib(result.rssPeakBytes)} MiB.\n\n` +
    table(['', 'Time, s', 'CPU, s', 'Longest block of the event loop, ms'], rows)
  );
}

function kubernetesSection(entries: readonly Entry[]): string {
  const [result] = of<KubernetesResult>(entries, 'kubernetes');
  if (!result) return '';
  const millis = (value: number): number => Math.round(value);
  const rows = [
    ['First list, joined', seconds(result.listSeconds), millis(result.listBlockMs)],
    [
      `${thousands(result.changes)} changes by watch`,
      seconds(result.watchSeconds),
      millis(result.watchBlockMs),
    ],
    ['The inventory after one change', seconds(result.currentMs / 1000), millis(result.currentBlockMs)],
  ];
  return (
    `## Kubernetes API at ${thousands(result.pods)} pods on ${thousands(result.nodes)} nodes\n\nThe API server is a process that makes up objects ` +
    `of the size of real ones. ${mib(result.listBytes)} MiB of JSON are listed, ${mib(result.keptBytes)} MiB are kept; largest resident memory ` +
    `${mib(result.rssPeakBytes)} MiB.\n\n${table(['', 'Time, s', 'Longest block of the event loop, ms'], rows)}`
  );
}

function machinesSection(entries: readonly Entry[]): string {
  const rows = entries.map(({ name, date, machine: m }) => [name, date, describe(m)]);
  return `## When and where\n\n${table(['Bench', 'Date', 'Machine'], rows)}`;
}

const describe = (m: Machine): string =>
  `${m.cpu}, ${m.cores} cores, ${m.memoryGib} GiB; ${m.os}; Node ${m.node}, Prometheus ${m.prometheus}`;
