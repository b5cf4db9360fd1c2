/**
 * The part of Grafana's documented plugin.json schema (grafana.com/developers/plugin-tools/reference/plugin-json) that the bundle
 * uses, and nothing that is not in it: what is not listed here is refused.
 */
import { z } from 'zod';

const id = z.string().regex(/^[0-9a-z]+-([0-9a-z]+-)?(app|panel|datasource)$/);
const role = z.enum(['Admin', 'Editor', 'Viewer']);

const info = z.strictObject({
  author: z
    .strictObject({ name: z.string(), email: z.email().optional(), url: z.url().optional() })
    .optional(),
  description: z.string().optional(),
  keywords: z.array(z.string()).min(1),
  links: z.array(z.strictObject({ name: z.string(), url: z.url() })).optional(),
  logos: z.strictObject({ small: z.string().endsWith('.svg'), large: z.string().endsWith('.svg') }),
  screenshots: z.array(z.strictObject({ name: z.string(), path: z.string() })).optional(),
  updated: z.string().regex(/^(\d{4}-\d{2}-\d{2}|%TODAY%)$/),
  version: z.string().regex(/^((0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)|%VERSION%)$/),
});

const dependencies = z.strictObject({
  grafanaDependency: z
    .string()
    .regex(
      /^(<=|>=|<|>|=|~|\^)?([0-9]+)(\.[0-9x*]+)(\.[0-9x*]+)?(\s(<=|>=|<|=>)?([0-9]+)(\.[0-9x]+)(\.[0-9x]+))?$/,
    ),
  plugins: z.array(z.object({ id, name: z.string(), type: z.string(), version: z.string() })).optional(),
});

const include = z.strictObject({
  type: z.enum(['dashboard', 'page', 'panel', 'datasource']),
  name: z.string(),
  path: z.string(),
  uid: z.string().optional(),
  role: role.optional(),
  action: z.string().optional(),
  addToNav: z.boolean().optional(),
  defaultNav: z.boolean().optional(),
  icon: z.string().optional(),
});

const route = z.strictObject({
  path: z.string(),
  method: z.string(),
  url: z.string(),
  reqRole: role.optional(),
  reqSignedIn: z.boolean().optional(),
  headers: z.array(z.strictObject({ name: z.string(), content: z.string() })).optional(),
});

const common = { $schema: z.string().optional(), id, name: z.string(), info, dependencies };

export const PLUGIN_SCHEMA = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('app'),
    autoEnabled: z.boolean().optional(),
    preload: z.boolean().optional(),
    languages: z.array(z.string().regex(/^[a-z]{2}-[A-Z]{2}$/)).optional(),
    includes: z.array(include),
    routes: z.array(route).optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('datasource'),
    metrics: z.boolean().optional(),
    annotations: z.boolean().optional(),
    category: z
      .enum(['tsdb', 'logging', 'cloud', 'tracing', 'profiling', 'sql', 'enterprise', 'iot', 'other'])
      .optional(),
    routes: z.array(route).optional(),
  }),
  z.strictObject({ ...common, type: z.literal('panel'), skipDataQuery: z.boolean().optional() }),
]);
export type PluginJson = z.infer<typeof PLUGIN_SCHEMA>;
