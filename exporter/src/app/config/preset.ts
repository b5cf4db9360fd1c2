/** PRESET: several keys at once, for one recognisable way of calculating. */
import { mistake, quote, type Mistake } from './mistake.js';
import type { Given } from './sources.js';
import { rowOf, type Key } from './table.js';

interface Preset {
  /** What makes the method; another explicit value is a contradiction. */
  readonly fixed: Readonly<Partial<Record<Key, string>>>;
  /** Other defaults, which an explicit value replaces. */
  readonly defaults: Readonly<Partial<Record<Key, string>>>;
}

const PRESETS: Readonly<Record<string, Preset>> = {
  'greenkube-0.2': {
    fixed: { POWER_COEFFICIENTS: 'provider', POWER_CURVE: 'linear', IDLE_ATTRIBUTION: 'proportional' },
    defaults: { DEFAULT_PUE: '1.3' },
  },
};

/** The texts with those of the preset added, and what contradicts it. An unknown preset changes nothing here. */
export function applyPreset(given: ReadonlyMap<Key, Given>): {
  readonly given: ReadonlyMap<Key, Given>;
  readonly mistakes: readonly Mistake[];
} {
  const name = given.get('PRESET')?.text.toLowerCase() ?? '';
  if (!Object.hasOwn(PRESETS, name)) return { given, mistakes: [] };
  const { fixed, defaults } = PRESETS[name]!;
  const merged = new Map(given);
  const mistakes: Mistake[] = [];
  for (const [key, text] of Object.entries({ ...fixed, ...defaults }) as [Key, string][]) {
    const explicit = given.get(key);
    if (explicit === undefined) merged.set(key, { text, origin: 'preset', name: 'PRESET' });
    else if (key in fixed && isOther(key, explicit.text, text))
      mistakes.push(contradiction(key, explicit.text, name, text));
  }
  return { given: merged, mistakes };
}

/** Whether the text is a valid value other than the preset's; an invalid one is reported as such elsewhere. */
function isOther(key: Key, explicit: string, preset: string): boolean {
  const { schema, format } = rowOf(key);
  const parsed = schema.safeParse(explicit);
  return parsed.success && format(parsed.data) !== preset;
}

function contradiction(key: Key, explicit: string, name: string, text: string): Mistake {
  return mistake(key, {
    wrong: `contradicts PRESET=${name}`,
    got: quote(explicit),
    rule: `the preset has ${key}=${text}`,
    fix: `remove ${key} or PRESET`,
  });
}
