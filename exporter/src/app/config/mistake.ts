/** One thing wrong with the configuration. `message` stands alone: key, what is wrong, value, rule and fix. */
export interface Mistake {
  readonly key: string;
  readonly message: string;
}

export interface MistakeParts {
  /** What is wrong, as the end of a sentence that starts with the key: "is not a whole number". */
  readonly wrong: string;
  /** The value as it may be shown, see `quote`; undefined where there is none. */
  readonly got?: string | undefined;
  readonly rule: string;
  readonly fix: string;
}

/** `KEY: what is wrong (got VALUE): rule; fix`, the one form of every message. */
export function mistake(key: string, { wrong, got, rule, fix }: MistakeParts): Mistake {
  const value = got === undefined ? '' : ` (got ${got})`;
  return { key, message: `${key}: ${wrong}${value}: ${rule}; ${fix}` };
}

const LONGEST_SHOWN = 80;

/** The value on one line, control characters escaped, cut at 80 characters. Never call it with a secret. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

/** Stands for a secret's value in a message. */
export const NOT_SHOWN = 'a value that is not shown';
