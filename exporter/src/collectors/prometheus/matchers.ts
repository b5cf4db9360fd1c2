/** The text that configuration adds to queries, checked so that it can only ever narrow a selector. */

const MATCHER = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*")\s*/;

/**
 * PROMETHEUS_EXTRA_MATCHERS in normal form, for example `cluster="a",env!~"test.*"`; empty for none. Braces around it are allowed.
 * @throws Error naming the place where it stops being a list of label matchers.
 */
export function parseMatchers(text: string): string {
  let rest = text
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .trim();
  const matchers: string[] = [];
  while (rest !== '') {
    const match = MATCHER.exec(rest);
    if (!match)
      throw new Error(
        `must be label matchers such as cluster="a",env!="test"; cannot read from ${excerpt(rest)}`,
      );
    matchers.push(`${match[1]}${match[2]}${match[3]}`);
    rest = rest.slice(match[0].length);
    if (rest.startsWith(',')) rest = rest.slice(1).trim();
    else if (rest !== '')
      throw new Error(`must separate label matchers by commas; cannot read from ${excerpt(rest)}`);
  }
  return matchers.join(',');
}

const excerpt = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);

/** A string as PromQL writes it in double quotes. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/** A string that a regular-expression matcher takes literally (RE2). */
export function literalPattern(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * The label under which kube-state-metrics shows a Kubernetes label: "app.kubernetes.io/name" as label_app_kubernetes_io_name,
 * "camelCase" as label_camel_case. A name that has the form already is kept.
 */
export function metricLabel(name: string): string {
  if (/^label_[a-z0-9_]+$/.test(name)) return name;
  const safe = name.replace(/[^a-zA-Z0-9_]/g, '_');
  return `label_${safe.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`;
}
