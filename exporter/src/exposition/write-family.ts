/** One family as text, in both formats at once: they differ in the comment lines only. */
import { escapeHelp, escapeQuoted } from './format.js';
import type { Family, MetricType } from './metric-row.js';

/** The same stretch of both documents; sample lines are one and the same string. */
export interface Chunk {
  readonly text: string;
  readonly openMetrics: string;
}

/** Characters after which a stretch is handed on, so that a large family is never one string. */
const CHUNK_CHARS = 1 << 16;

/**
 * Yields the stretches of a family and returns its number of samples. A family without samples is not written at all: absent
 * is not 0.
 */
export function* writeFamily(family: Family): Generator<Chunk, number> {
  let count = 0;
  let lines = '';
  for (const { labels, value, suffix } of family.samples) {
    if (count++ === 0) yield { text: textHead(family), openMetrics: openMetricsHead(family) };
    const name = suffix === undefined ? family.name : family.name + suffix;
    lines += labels === '' ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
    if (lines.length < CHUNK_CHARS) continue;
    yield { text: lines, openMetrics: lines };
    lines = '';
  }
  if (lines !== '') yield { text: lines, openMetrics: lines };
  return count;
}

function textHead({ name, type, help }: Family): string {
  const textType = type === 'info' ? 'gauge' : type === 'unknown' ? 'untyped' : type;
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${textType}\n`;
}

const SUFFIXES: Partial<Record<MetricType, string>> = { counter: '_total', info: '_info' };

/** OpenMetrics names a counter's or info's family without the suffix that its samples carry. */
function familyName(name: string, type: MetricType): string {
  const suffix = SUFFIXES[type];
  return suffix !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

function openMetricsHead({ name, type, help, unit }: Family): string {
  const family = familyName(name, type);
  const unitLine = unit !== null && family.endsWith(`_${unit}`) ? `# UNIT ${family} ${unit}\n` : '';
  return `# TYPE ${family} ${type}\n${unitLine}# HELP ${family} ${escapeQuoted(help)}\n`;
}
