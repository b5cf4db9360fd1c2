/** One small file a mistake: the name says what is wrong, its "# expect:" lines are the exact messages, in order. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadText, messagesOf, TESTDATA } from './testing/load.js';

const FILES = readdirSync(TESTDATA).filter((name) => name.endsWith('.env'));

/** Planted wherever a file has a secret, so that a leak is found whatever the secret is. */
const CANARY = /canary/i;

describe('bad configuration', () => {
  it('has a file for at least sixty mistakes', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(60);
  });

  it.each(FILES)('%s', (name) => {
    const text = readFileSync(join(TESTDATA, name), 'utf8');
    const expected = [...text.matchAll(/^# expect: (.*)$/gm)].map((match) => match[1]);
    const messages = messagesOf(loadText(text));
    expect(messages).toEqual(expected);
    expect(messages.length).toBeGreaterThan(0);
  });

  it.each(FILES)('%s: every message names key, rule and fix on one line and leaks no secret', (name) => {
    const result = loadText(readFileSync(join(TESTDATA, name), 'utf8'));
    for (const message of messagesOf(result)) {
      expect(message).toMatch(/^[^\n]+?: [^\n]+: [^\n]+; [^\n]+$/);
      expect(message).not.toMatch(CANARY);
    }
  });
});
