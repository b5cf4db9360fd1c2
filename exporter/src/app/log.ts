/** The logger: pino to one descriptor, one line an event, without secrets. */
import { Writable } from 'node:stream';
import { pino, type DestinationStream, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { REDACTED, type Secret } from './config.js';

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Standard output when absent. */
  readonly destination?: DestinationStream;
  /** Values that are replaced wherever a line holds them, whichever way they got there. */
  readonly secrets?: readonly Secret[];
}

const STDOUT = 1;

/** Fields that hold credentials wherever they come from: our own objects, requests, errors of clients. */
const CREDENTIALS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'api_key',
  'bearerToken',
  'connectionString',
  '"auth-token"',
  '"set-cookie"',
];

const at = (prefix: string) => (name: string) =>
  name.startsWith('"') ? `${prefix}[${name}]` : `${prefix}.${name}`;

const REDACT = [
  ...CREDENTIALS.map((name) => (name.startsWith('"') ? `[${name}]` : name)),
  ...['*', 'headers', '*.headers', '*.*.headers'].flatMap((prefix) => CREDENTIALS.map(at(prefix))),
];

/** Shortest secret that is searched for in lines; a shorter one would blank parts of ordinary words. */
const SHORTEST_SCRUBBED = 6;

/** A logger of the given level and form; synchronous, so that nothing is lost at exit. */
export function createLogger({ level, format, destination, secrets = [] }: LogOptions): Logger {
  const target = destination ?? pino.destination({ dest: STDOUT, sync: true });
  const form = format === 'pretty' ? pretty(target, destination === undefined) : target;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACT, censor: REDACTED },
    },
    scrubbed(form, secrets),
  );
}

function pretty(target: DestinationStream, colorize: boolean): DestinationStream {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      target.write(String(chunk));
      done();
    },
  });
  return PinoPretty({
    colorize,
    sync: true,
    destination: sink,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
  });
}

/** Replaces each secret, as it is and as JSON writes it, before a line is formatted. */
function scrubbed(target: DestinationStream, secrets: readonly Secret[]): DestinationStream {
  const plain = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= SHORTEST_SCRUBBED);
  const forms = [...new Set(plain.flatMap((value) => [JSON.stringify(value).slice(1, -1), value]))];
  if (forms.length === 0) return target;
  const longestFirst = forms.sort((a, b) => b.length - a.length);
  return {
    write: (line) => target.write(longestFirst.reduce((text, form) => text.replaceAll(form, REDACTED), line)),
  };
}
