/** The configuration as the program uses it: frozen, in the units of the domain, every default filled in. */
import type { Budget } from '../../domain/budget/budget.js';
import type { PowerProfile } from '../../domain/energy/power-profile.js';
import type { RecommendationSettings } from '../../domain/recommendations/settings.js';
import type { FunctionalUnit } from '../../domain/sci/sci.js';
import type { ModelSettings } from '../../domain/settings.js';
import type { Bytes, GramsPerKwh, Kilograms, Seconds } from '../../domain/units.js';
import type { NodePriceTable } from './files.js';
import type { Secret } from './secret.js';
import type { Origin } from './sources.js';
import type { Key, Values } from './table.js';

/** One key as it is in effect; a secret's value is "<redacted>", one that is not set is empty. */
export interface EffectiveRow {
  readonly key: Key;
  readonly group: string;
  readonly value: string;
  readonly origin: Origin;
  /** The name it was given by: the key, an alias, NAME_FILE, PRESET or a flag; empty for a default. */
  readonly name: string;
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile: string | null;
}

export interface Config {
  readonly cluster: string;
  readonly log: { readonly level: Values['LOG_LEVEL']; readonly format: 'json' | 'pretty' };
  readonly http: {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
    readonly token: Secret | null;
    readonly operatorToken: Secret | null;
    readonly allowAnonymous: boolean;
    readonly metricsToken: Secret | null;
    readonly metricsAnonymous: boolean;
    readonly corsOrigins: readonly string[];
    readonly tls: TlsFiles | null;
    /** "" or "/path" without a slash at the end. */
    readonly rootPath: string;
  };
  readonly time: {
    /** Divides one hour. */
    readonly step: Seconds;
    readonly settle: Seconds;
    readonly backfill: Seconds;
    readonly rawRetention: Seconds;
    readonly hourRetention: Seconds;
    /** Null: for ever. */
    readonly dayRetention: Seconds | null;
  };
  readonly prometheus: {
    readonly url: string | null;
    readonly bearerToken: Secret | null;
    readonly basic: { readonly username: string; readonly password: Secret } | null;
    /** PEM text of the authority; null: those of the system. */
    readonly ca: string | null;
    readonly verifyCerts: boolean;
    readonly timeout: Seconds;
    readonly maxBytes: Bytes;
    readonly tenant: string | null;
    /** `a="b",c=~"d"`, or "". */
    readonly extraMatchers: string;
  };
  readonly kubernetes: {
    readonly mode: Values['KUBERNETES'];
    readonly kubeconfig: string | null;
    readonly context: string | null;
    readonly timeout: Seconds;
    readonly discovery: boolean;
  };
  readonly opencost: { readonly url: string | null; readonly verifyCerts: boolean };
  readonly prices: {
    /** Null: no price, so that cost is absent. */
    readonly cpuCoreHour: number | null;
    /** Per GiB. */
    readonly ramGbHour: number | null;
    readonly currency: string;
    readonly nodePrices: NodePriceTable['rows'];
  };
  readonly grid: {
    readonly electricityMaps: { readonly url: string; readonly token: Secret | null };
    readonly ukCarbonIntensity: { readonly url: string; readonly mode: Values['UK_CARBON_INTENSITY'] };
    /** PromQL whose series carry the label `zone`; null: none. */
    readonly intensityQuery: string | null;
    /** "": none. */
    readonly defaultZone: string;
    readonly defaultIntensity: GramsPerKwh;
    readonly zoneMap: Readonly<Record<string, string>>;
  };
  readonly embodied: {
    /** Null: no server is asked. */
    readonly boavizta: { readonly url: string; readonly token: Secret | null } | null;
    /** Null: the figure of the table. */
    readonly defaultPerVcpu: Kilograms | null;
    readonly hardwareLifespanYears: number;
  };
  readonly model: ModelSettings;
  /** By instance type or family, for the tables. */
  readonly powerProfiles: Readonly<Record<string, PowerProfile>>;
  readonly measured: {
    /** Null: all that are found. */
    readonly sources: Values['MEASURED_SOURCES'];
    readonly scopes: Values['MEASURED_SCOPE'];
    readonly calibrate: boolean;
    readonly pueContainsPowerSupply: boolean;
  };
  readonly database: {
    readonly type: Values['DB_TYPE'];
    readonly path: string;
    readonly postgres: {
      readonly connectionString: Secret | null;
      readonly schema: string;
      readonly sslMode: Values['DB_SSL_MODE'];
      readonly poolMaxSize: number;
      readonly statementTimeout: Seconds;
    };
    readonly elasticsearch: {
      readonly hosts: readonly string[];
      readonly basic: { readonly username: string; readonly password: Secret } | null;
      readonly apiKey: Secret | null;
      readonly verifyCerts: boolean;
      readonly indexPrefix: string;
    };
  };
  readonly metrics: {
    readonly detail: Values['METRICS_DETAIL'];
    readonly maxSeries: number;
    readonly compat: boolean;
    readonly anonymous: boolean;
  };
  /** Pod labels to keep, by their Kubernetes name. */
  readonly labels: readonly string[];
  readonly analysis: Analysis;
  readonly demo: { readonly mode: Values['DEMO']; readonly seed: number; readonly days: number };
  /** Every key with its value and origin, secrets redacted. */
  readonly effective: readonly EffectiveRow[];
}

/** Thresholds of the recommendations, those with a unit of time or size in that of their key; budgets and units of work. */
export interface Analysis extends Omit<RecommendationSettings, 'lookback' | 'minRequest'> {
  readonly lookbackDays: number;
  readonly minRequest: { readonly millicores: number; readonly memory: Bytes };
  readonly budgets: readonly Budget[];
  /** Units of work for Software Carbon Intensity. */
  readonly units: readonly FunctionalUnit[];
}
