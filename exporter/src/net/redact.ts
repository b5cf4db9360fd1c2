/** Longest piece of foreign text that enters a message. */
const MAX_FOREIGN_TEXT = 200;

/** Shorter values (a tenant called "1") protect nothing, and replacing them would make messages unreadable. */
const MIN_SECRET = 4;

/** Makes foreign text fit for one log line: secrets replaced, control characters and runs of blanks folded, length bounded. */
export function clean(text: string, secrets: readonly string[]): string {
  let result = text.slice(0, MAX_FOREIGN_TEXT * 20);
  for (const secret of secrets) {
    if (secret.length >= MIN_SECRET) result = result.replaceAll(secret, '[redacted]');
  }
  result = result.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ').trim();
  return result.length > MAX_FOREIGN_TEXT ? `${result.slice(0, MAX_FOREIGN_TEXT - 3)}...` : result;
}
