import { describe, expect, it } from '@jest/globals';
import { Secret } from './config.js';
import { createLogger, type LogOptions } from './log.js';

function logged(options: Partial<LogOptions>, write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  write(createLogger({ level: 'info', format: 'json', destination, ...options }));
  return text;
}

describe('the log', () => {
  it('is one JSON object a line, with level and time as text', () => {
    const text = logged({}, (log) => log.info({ interval: 300 }, 'committed\nnot a new line'));
    expect(text.split('\n')).toHaveLength(2);
    const entry = JSON.parse(text) as { time: string };
    expect(entry).toMatchObject({ level: 'info', interval: 300, msg: 'committed\nnot a new line' });
    expect(new Date(entry.time).toISOString()).toBe(entry.time);
  });

  it('leaves out what is below its level', () => {
    expect(logged({ level: 'warn' }, (log) => log.info('no'))).toBe('');
  });

  it('is readable in the pretty form', () => {
    const text = logged({ format: 'pretty' }, (log) => log.warn({ source: 'prometheus' }, 'is down'));
    expect(text).toMatch(/WARN.*: is down\n\s+source: "prometheus"\n/);
  });

  it.each(['json', 'pretty'] as const)('shows no credential, %s', (format) => {
    const canary = 'canary-0123456789 "quoted"';
    const secrets = [new Secret(canary)];
    const text = logged({ format, secrets }, (log) => {
      log.info({ token: 'canary-a', password: 'canary-b', secret: secrets[0] });
      log.info({
        req: { headers: { authorization: 'Bearer canary-c', 'auth-token': 'canary-d', cookie: 'canary-e' } },
      });
      log.info({ config: { apiKey: 'canary-f', connectionString: 'canary-g', bearerToken: 'canary-h' } });
      log.error(new Error(`refused: ${canary}`), `GET ${canary} failed`);
    });
    expect(text).not.toContain('canary');
    expect(text).toContain('<redacted>');
  });

  it('does not blank ordinary words because a secret is short', () => {
    const text = logged({ secrets: [new Secret('a')] }, (log) => log.info('a cat'));
    expect(text).toContain('a cat');
  });
});
