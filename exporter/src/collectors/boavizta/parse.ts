/** Reading BoaviztAPI's answers about one cloud instance. */
import type { Band } from '../../domain/model.js';
import { kilograms } from '../../domain/units.js';
import { numberWithin, own } from '../../net/json-value.js';
import type { EmbodiedAnswer } from '../../ports/embodied-provider.js';

/** The largest machine there is comes to some 10 000 kg. */
const MAX_KILOGRAMS = 1_000_000;
/** A bound further away than a factor of twenty says nothing. */
const WIDEST = 3000;

/** The answer of `/v1/cloud/instance`; null when it does not have the figure. */
export function readAnswer(body: unknown): EmbodiedAnswer | null {
  const embedded = own(own(own(body, 'impacts'), 'gwp'), 'embedded');
  const unit = own(own(own(body, 'impacts'), 'gwp'), 'unit');
  const value = numberWithin(embedded, 'value', 0, MAX_KILOGRAMS);
  if (value === null || unit !== 'kgCO2eq') return null;
  const min = numberWithin(embedded, 'min', 0, MAX_KILOGRAMS) ?? value;
  const max = numberWithin(embedded, 'max', 0, MAX_KILOGRAMS) ?? value;
  return { total: kilograms(value), band: bandOf(min, value, max), closestMatch: closestMatch(body) };
}

function bandOf(min: number, value: number, max: number): Band {
  if (value === 0) return { lo: 0, hi: 0 };
  return { lo: halfWidth(value, min), hi: halfWidth(max, value) };
}

/** Thousandths of the natural logarithm from the smaller to the larger; 0 when they come the other way round. */
function halfWidth(larger: number, smaller: number): number {
  if (smaller <= 0) return WIDEST;
  return Math.min(WIDEST, Math.max(0, Math.round(1000 * Math.log(larger / smaller))));
}

/** The type it took where it does not know the one asked for: it says so among its warnings only. */
function closestMatch(body: unknown): string {
  const warnings = own(body, 'warnings');
  if (!Array.isArray(warnings)) return '';
  for (const warning of warnings as readonly unknown[]) {
    const match = typeof warning === 'string' ? /closest match '([^']{1,200})'/.exec(warning) : null;
    if (match) return match[1]!;
  }
  return '';
}

/** A list of names; null when it is none. */
export function readNames(body: unknown): ReadonlySet<string> | null {
  if (!Array.isArray(body)) return null;
  return new Set((body as readonly unknown[]).filter((name): name is string => typeof name === 'string'));
}
