/** What the HTTP server is given; it constructs nothing that it could be handed. */
import type { Registry } from 'prom-client';
import type { EpochSeconds, Seconds } from '../domain/units.js';
import type { Clock } from '../ports/clock.js';
import type { EncodeReport } from '../pipeline/report.js';
import type { Recommender } from '../pipeline/recommend.js';
import type { FactorSources } from '../pipeline/resolve-factors.js';
import type { ComparisonHistory } from '../ports/comparison.js';
import type { FindingsHistory } from '../ports/findings.js';
import type { History } from '../ports/history.js';
import type { IntensityHistory } from '../ports/intensity-history.js';
import type { Jobs } from '../ports/jobs.js';
import type { RecommendationHistory } from '../ports/recommendations.js';
import type { PipelineStatus } from '../ports/status.js';

export interface AuthSettings {
  /** API_TOKEN: may read. Null: none set. */
  readonly token: string | null;
  /** API_OPERATOR_TOKEN: may read and change. */
  readonly operatorToken: string | null;
  /** METRICS_TOKEN: may scrape; once set, scraping needs this or one of the other tokens. */
  readonly metricsToken: string | null;
  readonly metricsAnonymous: boolean;
  /** API_ALLOW_ANONYMOUS: anybody who reaches the server may read. */
  readonly allowAnonymous: boolean;
}

export interface TlsSettings {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Client certificates are required and must be signed by it. */
  readonly ca?: string | Buffer;
}

/** One key of the configuration in effect. A secret's value is never here, only that it is set. */
export interface ConfigRow {
  readonly key: string;
  readonly group: string;
  readonly value: string;
  /** Where the value comes from: flag, file, environment, .env, preset or default. */
  readonly origin: string;
  /** The name it was given by; empty for a default. */
  readonly name: string;
}

/** Requests a minute. A scrape, a probe and the API never use up each other's budget. */
export interface HttpLimits {
  readonly apiPerClient: number;
  readonly apiTotal: number;
  readonly scrapePerClient: number;
  readonly scrapeTotal: number;
  readonly probesPerClient: number;
  /** Wrong tokens of one client, before its tokens are not looked at for the rest of the minute. */
  readonly failedTokens: number;
  /** API requests being answered at the same time. */
  readonly inFlight: number;
  /** Reports being sent at the same time. */
  readonly streams: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  apiPerClient: 1200,
  apiTotal: 6000,
  scrapePerClient: 120,
  scrapeTotal: 600,
  probesPerClient: 600,
  failedTokens: 20,
  inFlight: 64,
  streams: 4,
};

/** A ready exposition; in pieces where it is decompressed as it is sent. */
export interface MetricsBody {
  readonly body: Buffer | AsyncIterable<Uint8Array>;
  readonly contentType: string;
  readonly gzip: boolean;
}

export interface HttpLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface HttpDeps {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Path under which a proxy shows the server, "" or "/greenkube"; answered with and without it. */
  readonly rootPath: string;
  readonly auth: AuthSettings;
  /** Exact origins, for example https://grafana.example.org. */
  readonly corsOrigins: readonly string[];
  readonly tls?: TlsSettings;
  /** Reads the files of `tls` again; asked once a minute, so that a renewed certificate is served without a restart. */
  readonly readTls?: () => TlsSettings;
  readonly limits?: Partial<HttpLimits>;
  readonly history: History;
  /** Estimated beside measured; absent: not kept. */
  readonly comparison?: ComparisonHistory;
  /** What analyses have found, and the stored past of the grid; absent: not kept. */
  readonly outlook?: FindingsHistory & IntensityHistory;
  /** What the recommender has found; absent: not kept. */
  readonly recommendations?: RecommendationHistory;
  /** Who writes what people say about it; absent: nobody. */
  readonly recommender?: Pick<Recommender, 'transition'>;
  /** Writes reports as files. */
  readonly encodeReport: EncodeReport;
  readonly jobs: Jobs;
  /** The configuration in effect, secrets redacted. */
  readonly config: () => readonly ConfigRow[];
  /** Pod labels that the ledger keeps, by their Kubernetes name: what `label:<key>` may name. */
  readonly podLabels: readonly string[];
  /** The factors in use, for explaining figures. */
  readonly factors: FactorSources;
  readonly status: () => PipelineStatus;
  /** The last published exposition in the form that fits the request's headers; null: none yet. */
  readonly metrics: (accept: string | undefined, acceptEncoding: string | undefined) => MetricsBody | null;
  /** The same under the names of GreenKube 0.2; absent: not asked for. */
  readonly compatMetrics?: (acceptEncoding: string | undefined) => MetricsBody | null;
  readonly version: { readonly version: string; readonly revision: string; readonly nodeVersion: string };
  readonly cluster: string;
  /** The ledger's step. */
  readonly step: Seconds;
  readonly clock: Clock;
  readonly log: HttpLog;
  /** Where the server's own request metrics are registered. */
  readonly registry?: Registry;
}

/** What a route's handler sees besides its query. */
export interface HandlerDeps extends HttpDeps {
  /** When the server was made: before the first interval is complete, freshness is counted from here. */
  readonly startedAt: EpochSeconds;
}
