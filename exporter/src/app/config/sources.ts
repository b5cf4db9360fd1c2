/** From flags, environment and .env to one text a key, with where it came from. */
import { parseDotenv } from './dotenv-text.js';
import { mistake, NOT_SHOWN, quote, type Mistake } from './mistake.js';
import { isServiceLink, judgeForeign, meaningOf, unknownName, type Meaning, type Place } from './names.js';
import { rowOf, type Key } from './table.js';

export type Origin = 'flag' | 'file' | 'environment' | '.env' | 'preset' | 'default';

/** The text that won for a key. `name` is how it was given: the key, an alias, NAME_FILE or a flag. */
export interface Given {
  readonly text: string;
  readonly origin: Origin;
  readonly name: string;
}

export interface Sources {
  /** From the command line, by key or NAME_FILE in capitals. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Content of .env, if there is one. */
  readonly dotenvText?: string | undefined;
  /** Content of a file as text; throws what `fs` throws. */
  readonly readFile: (path: string) => string;
}

export interface Collected {
  readonly given: ReadonlyMap<Key, Given>;
  /** Keys that were given but have no text, as their file cannot be read. */
  readonly unreadable: ReadonlySet<Key>;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly string[];
}

export const flagName = (name: string): string => `--${name.toLowerCase().replaceAll('_', '-')}`;

/** Whether the name is a key that is true or false, so that its flag may stand without a value. */
export function isBooleanFlag(name: string): boolean {
  const meaning = meaningOf(name);
  return meaning?.form === 'value' && rowOf(meaning.key).type.name === 'boolean';
}

interface Named {
  readonly name: string;
  readonly text: string;
}

/** How a name is written at a place. */
const writeAt = (where: Place) => (where === 'the command line' ? flagName : (name: string) => name);

/** What one source says, by key and form. */
interface Layer {
  readonly value: Map<Key, Named>;
  readonly file: Map<Key, Named>;
}

class Collector {
  readonly mistakes: Mistake[] = [];
  readonly warnings: string[] = [];

  /** Names of one source sorted by what they mean; an empty value counts as not set. */
  layer(entries: Readonly<Record<string, string | undefined>>, where: Place): Layer {
    const layer: Layer = { value: new Map(), file: new Map() };
    for (const [name, text] of Object.entries(entries)) {
      const meaning = meaningOf(name);
      if (meaning === undefined) this.#unknown(name, where);
      else if (text !== undefined && text !== '')
        this.#add(layer, meaning, { name: writeAt(where)(name), text });
    }
    return layer;
  }

  #unknown(name: string, where: Place): void {
    if (where !== 'the environment') {
      this.mistakes.push(unknownName(name, { where, write: writeAt(where) }));
      return;
    }
    const judged = judgeForeign(name);
    if (judged.mistake) this.mistakes.push(judged.mistake);
    if (judged.warning) this.warnings.push(judged.warning);
  }

  #add(layer: Layer, { key, form }: Meaning, named: Named): void {
    const before = layer[form].get(key);
    if (before === undefined) layer[form].set(key, named);
    else if (before.text !== named.text) {
      const shown = rowOf(key).secret ? NOT_SHOWN : `${quote(before.text)} and ${quote(named.text)}`;
      this.mistakes.push(
        mistake(key, {
          wrong: `is set by ${before.name} and ${named.name} to different values`,
          got: shown,
          rule: 'names of one key must agree',
          fix: `remove ${before.name === key ? named.name : before.name}`,
        }),
      );
    }
  }
}

/** The path is shown unless the key is secret and the text may be the secret itself. */
const shownPath = (key: Key, path: string): string =>
  rowOf(key).secret && !/^\.{0,2}\//.test(path) ? NOT_SHOWN : quote(path);

/** Content of the file that a NAME_FILE points to, without the newline at its end. */
function contentOf(key: Key, { name, text: path }: Named, readFile: Sources['readFile']): string | Mistake {
  const rule = `${name} must be the path of a text file that holds the value of ${key}`;
  try {
    const content = readFile(path).replace(/\r?\n$/, '');
    if (content !== '') return content;
    return mistake(name, {
      wrong: 'names an empty file',
      got: shownPath(key, path),
      rule,
      fix: 'fill the file or remove the key',
    });
  } catch (error) {
    const wrong = `cannot be read: ${reasonOf(error)}`;
    return mistake(name, {
      wrong,
      got: shownPath(key, path),
      rule,
      fix: 'correct the path or its permissions',
    });
  }
}

/** The system's code (ENOENT, EACCES) or, from our own reader, its message; never more, as messages can repeat content. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message);
}

/**
 * Flag > NAME_FILE > environment > .env, for every key. Says what is unknown, contradictory or unreadable, all at once.
 */
export function collect({ flags = {}, env = {}, dotenvText = '', readFile }: Sources): Collected {
  const collector = new Collector();
  const dotenv = parseDotenv(dotenvText);
  collector.mistakes.push(...dotenv.mistakes);
  const ownEnv = Object.fromEntries(
    Object.entries(env).filter(([name, text]) => !isServiceLink(name, text ?? '')),
  );
  const flagLayer = collector.layer(flags, 'the command line');
  const envLayer = collector.layer(ownEnv, 'the environment');
  const dotenvLayer = collector.layer(dotenv.values, '.env');

  const given = new Map<Key, Given>();
  const unreadable = new Set<Key>();
  const take = (values: ReadonlyMap<Key, Named>, origin: Origin) => {
    for (const [key, { name, text }] of values) if (!given.has(key)) given.set(key, { text, origin, name });
  };
  const takeFiles = (files: ReadonlyMap<Key, Named>) => {
    for (const [key, named] of files) {
      if (given.has(key) || unreadable.has(key)) continue;
      const content = contentOf(key, named, readFile);
      if (typeof content === 'string') given.set(key, { text: content, origin: 'file', name: named.name });
      else {
        collector.mistakes.push(content);
        unreadable.add(key);
      }
    }
  };
  take(flagLayer.value, 'flag');
  for (const layer of [flagLayer, envLayer, dotenvLayer]) takeFiles(layer.file);
  take(envLayer.value, 'environment');
  take(dotenvLayer.value, '.env');
  for (const [key, { origin }] of given) {
    if (origin === 'flag' && rowOf(key).secret) {
      collector.warnings.push(
        `${flagName(key)} can be read in the list of processes; use ${flagName(`${key}_FILE`)}`,
      );
    }
  }
  return { given, unreadable, mistakes: collector.mistakes, warnings: collector.warnings };
}
