/** What a reader of the API needs to know, taken from its OpenAPI document: sections of operations with parameters and answers. */

/** The parts of an OpenAPI 3.1 document that are read here. */
export interface ApiDocument {
  readonly tags?: readonly { readonly name: string }[] | undefined;
  readonly paths?: unknown;
  readonly components?: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | null)[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly format?: string;
}

interface RawOperation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
  readonly 'x-examples'?: readonly ApiExample[];
}

export interface ApiExample {
  readonly request: string;
  readonly asks: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: string;
  readonly description: string;
}

export interface Field {
  /** Dotted, "[]" after a list. */
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

export interface Operation {
  /** For links within a page. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly token: string;
  readonly parameters: readonly Parameter[];
  readonly examples: readonly ApiExample[];
  readonly status: string;
  readonly mediaType: string;
  readonly fields: readonly Field[];
}

export interface Section {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** In the order of the document's tags, and of its paths within. */
export function sectionsOf(document: ApiDocument): readonly Section[] {
  const paths = Object.entries(document.paths as Record<string, Record<string, RawOperation>>);
  const all = paths.flatMap(([path, item]) =>
    Object.entries(item).map(([method, raw]) => ({
      tag: raw.tags?.[0] ?? '',
      operation: operationOf(document, method, path, raw),
    })),
  );
  return (document.tags ?? []).map(({ name }) => ({
    name,
    operations: all.filter(({ tag }) => tag === name).map(({ operation }) => operation),
  }));
}

const TOKENS: Readonly<Record<string, string>> = {
  '': 'none',
  operatorToken: 'operator token',
  'token,operatorToken': 'API token',
  'metricsToken,token,operatorToken': 'metrics token, where one is set',
};

function operationOf(document: ApiDocument, method: string, path: string, raw: RawOperation): Operation {
  const schemes = (raw.security ?? []).flatMap((scheme) => Object.keys(scheme)).join(',');
  const [status, response] = Object.entries(raw.responses).find(([code]) => code.startsWith('2'))!;
  const [mediaType, media] = Object.entries(response.content ?? {})[0] ?? ['', {}];
  return {
    id: `${method}-${path}`
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/-$/, ''),
    method: method.toUpperCase(),
    path,
    summary: raw.summary ?? '',
    token: TOKENS[schemes] ?? schemes,
    parameters: (raw.parameters ?? []).map((p) => ({
      name: p.name,
      in: p.in,
      type: typeOf(document, p.schema),
      required: p.required === true,
      default: p.schema.default === undefined ? '' : String(p.schema.default as string | number),
      description: p.description ?? p.schema.description ?? '',
    })),
    examples: raw['x-examples'] ?? [],
    status,
    mediaType,
    fields: media.schema ? fieldsOf(document, media.schema, '', 0) : [],
  };
}

/** Deep enough for every answer; a document that refers to itself ends here. */
const MAX_DEPTH = 6;

function fieldsOf(document: ApiDocument, given: Schema, prefix: string, depth: number): Field[] {
  const schema = resolve(document, given);
  if (depth > MAX_DEPTH) return [];
  if (schema.items) return fieldsOf(document, schema.items, `${prefix}[]`, depth + 1);
  const values = schema.additionalProperties;
  if (!schema.properties && typeof values === 'object') {
    return fieldsOf(document, values, prefix === '' ? '<name>' : `${prefix}.<name>`, depth + 1);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const description = property.description ?? resolve(document, property).description ?? '';
    const own = { name: path, type: typeOf(document, property), description };
    return [own, ...fieldsOf(document, property, path, depth + 1)];
  });
}

function resolve(document: ApiDocument, schema: Schema): Schema {
  const options = schema.anyOf ?? schema.oneOf;
  const only = options?.filter((s) => s.type !== 'null');
  if (only?.length === 1) return resolve(document, only[0]!);
  if (!schema.$ref) return schema;
  const name = schema.$ref.split('/').at(-1)!;
  const { schemas } = document.components as { schemas: Readonly<Record<string, Schema>> };
  return schemas[name] ?? {};
}

function typeOf(document: ApiDocument, given: Schema): string {
  const nullable =
    (Array.isArray(given.type) && given.type.includes('null')) ||
    (given.anyOf ?? given.oneOf ?? []).some((s) => s.type === 'null');
  const schema = resolve(document, given);
  const types = [schema.type ?? []].flat().filter((t) => t !== 'null');
  const base = schema.enum
    ? schema.enum
        .filter((value) => value !== null)
        .map((value) => `"${String(value)}"`)
        .join(' | ')
    : schema.items
      ? `list of ${typeOf(document, schema.items)}`
      : (schema.format ?? types.join(' | ')) || 'any';
  return nullable ? `${base} | null` : base;
}
