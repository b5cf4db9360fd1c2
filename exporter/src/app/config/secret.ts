import { inspect } from 'node:util';

export const REDACTED = '<redacted>';

/**
 * A value that prints as redacted whichever way it is printed: string, JSON, console, template. Only `reveal()` gives it, so
 * every place that needs the plain text can be found by that name.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
