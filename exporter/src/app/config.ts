/** Configuration: one table of keys, one schema, one loader. See docs/config.md. */
export { isLoopback } from './config/checks.js';
export { flagHelp, flagNames, renderConfigDocs } from './config/docs.js';
export type { NodePriceRow } from './config/files.js';
export { effectiveConfig, loadConfig, type LoadInput, type LoadResult } from './config/load.js';
export { mistake, quote, type Mistake } from './config/mistake.js';
export type { Analysis, Config, EffectiveRow } from './config/model.js';
export { readTextFile } from './config/read-file.js';
export { meaningOf, unknownName } from './config/names.js';
export { REDACTED, Secret } from './config/secret.js';
export { flagName, isBooleanFlag } from './config/sources.js';
export { secretsOf } from './config/secrets-of.js';
