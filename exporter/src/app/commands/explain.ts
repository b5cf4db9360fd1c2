/** `greenkube explain`: one figure taken apart, as text or as the JSON of GET /api/v1/explain. */
import { explain, parseFigure, type Explanation, type Factor } from '../../pipeline/explain.js';
import { instant } from '../../pipeline/figures.js';
import { parseInstant } from '../../pipeline/query-range.js';
import { explanationJson } from '../../http/routes/explain.js';
import { openHistory } from '../../repositories/factory.js';
import { single } from '../cli/options.js';
import { printable, renderTable } from '../cli/table.js';
import { humanShare } from '../cli/units.js';
import { composeStaticFactors } from '../compose-factors.js';
import { mistake } from '../config.js';
import { databaseOf } from '../database.js';
import { CommandFailure, EXIT_OK, Mistakes, type CommandContext } from './context.js';

export async function runExplain({ options, config, mode, stdout }: CommandContext): Promise<number> {
  const series = single(options, 'series');
  if (series === undefined) throw new Mistakes([NO_SERIES]);
  const figure = parseFigure(series);
  const at = single(options, 'time');
  const time = at === undefined ? null : parseInstant('time', at);
  const { step } = config.time;
  const history = await openHistory({ ...databaseOf(config, mode), step });
  try {
    const found = await explain(history, composeStaticFactors(config), {
      figure,
      time,
      cluster: mode.cluster,
      step,
    });
    if (!found) {
      throw new CommandFailure(
        'that interval is not known, or its single rows have been rolled up; give a --time within RAW_RETENTION',
      );
    }
    const json = single(options, 'output') === 'json';
    stdout.write(json ? `${JSON.stringify(explanationJson(found), null, 2)}\n` : textOf(found));
    return EXIT_OK;
  } finally {
    await history.close();
  }
}

const NO_SERIES = mistake('--series', {
  wrong: 'is missing',
  rule: 'a figure must be named',
  fix: `for example --series='greenkube_node_power_watts{node="n1"}'`,
});

function textOf(e: Explanation): string {
  const band = e.band ? ` (${e.band.low} to ${e.band.high})` : '';
  const end = instant(e.start + e.step);
  return [
    `${printable(e.series)}\n  = ${e.value ?? 'unknown'} ${e.unit}${band}\n  = ${e.formula}\n`,
    `Interval  ${instant(e.start)} to ${end} of ${printable(e.cluster)}, ${e.state}, ${humanShare(e.coverage)} known\n`,
    `Method    ${e.methods.join(', ')}${e.estimated ? ', estimated' : ''}${e.reasons.length > 0 ? `: ${e.reasons.join(', ')}` : ''}; calculation version ${e.calculationVersion}\n`,
    e.factors.length > 0 ? `\n${factorTable(e.factors)}` : '',
    e.steps.length > 0 ? `\n${stepTable(e)}` : '',
    e.recomputed === null
      ? ''
      : `\nComputed again: ${e.recomputed} ${e.unit}${e.recomputed === e.value ? ', the stored figure to the last unit' : ''}\n`,
    ...e.differences.map((difference) => `  ${difference}\n`),
    e.parts.length > 0 ? `\n${partTable(e)}` : '',
  ].join('');
}

const left = (name: string) => ({ name, align: 'left' as const });
const right = (name: string) => ({ name, align: 'right' as const });

function factorTable(factors: readonly Factor[]): string {
  return renderTable(
    [left('factor'), right('value'), left('unit'), right('low'), right('high'), left('name'), left('source')],
    factors.map((f) => [
      f.symbol,
      String(f.value),
      f.unit,
      String(f.low ?? ''),
      String(f.high ?? ''),
      f.name,
      [f.source, f.version ?? '', f.year === null ? '' : String(f.year)]
        .filter((part) => part !== '')
        .join(', '),
    ]),
  );
}

function stepTable({ steps }: Explanation): string {
  return renderTable(
    [left('step'), right('value'), left('unit'), left('formula'), left('numbers')],
    steps.map((s) => [s.symbol, String(s.value), s.unit, s.formula, s.numbers]),
  );
}

function partTable({ parts, rest, partsUnit }: Explanation): string {
  const rows = parts.map((part) => [part.series, String(part.value), humanShare(part.share)]);
  const more = rest === null ? [] : [[`${rest.count} more`, String(rest.value), '']];
  return renderTable([left('part'), right(partsUnit), right('share')], [...rows, ...more]);
}
