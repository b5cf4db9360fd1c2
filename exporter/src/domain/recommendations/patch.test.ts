import { describe, expect, it } from '@jest/globals';
import { cpuQuantity, memoryQuantity, patchRequests, yamlOf } from './patch.js';

describe('YAML', () => {
  it('nests maps and lists, and quotes what could be read as something else', () => {
    expect(
      yamlOf({ a: { b: 1, c: 'yes' }, d: [{ e: 'x', f: [1, 2] }, { g: '0 5 * * *' }], h: [], i: true }),
    ).toBe(
      `a:
  b: 1
  c: "yes"
d:
  - e: x
    f:
      - 1
      - 2
  - g: "0 5 * * *"
h: []
i: true
`,
    );
  });

  it.each([
    'a: b',
    '- x',
    '"',
    '\\',
    '#',
    '1',
    '1e3',
    'null',
    '~',
    '',
    ' x',
    'a\nb',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
  ])('%j is quoted', (text) => expect(yamlOf({ a: text })).toBe(`a: ${JSON.stringify(text)}\n`));
});

describe('quantities', () => {
  it.each([
    [0.25, '250m'],
    [0.0101, '11m'],
    [1, '1000m'],
  ])('%d cores', (amount, text) => expect(cpuQuantity(amount)).toBe(text));
  it.each([
    [2 ** 20, '1Mi'],
    [2 ** 20 + 1, '2Mi'],
  ])('%d bytes', (amount, text) => expect(memoryQuantity(amount)).toBe(text));
});

describe('a new request', () => {
  it('of an unknown container is under the name of the workload, and says so', () => {
    const object = { namespace: 'shop', name: 'web', kind: 'Deployment' };
    const { yaml, command } = patchRequests(object, 'cpu', [{ container: null, to: 0.2 }]);
    expect(command).toBe('kubectl --namespace shop patch deployment web --patch-file patch.yaml');
    expect(yaml).toBe(`# ${command}
# the names of its containers are not known here: put the right one in
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
        - name: web
          resources:
            requests:
              cpu: "200m"
`);
  });

  it('of a CronJob lies in its job template', () => {
    const object = { namespace: 'batch', name: 'report', kind: 'CronJob' };
    const { yaml } = patchRequests(object, 'memory', [{ container: 'report', to: 2 ** 28 }]);
    expect(yaml).toContain('jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:');
    expect(yaml).toContain('memory: "256Mi"');
  });

  it('of a pod without a template is a command and a note', () => {
    const object = { namespace: 'x', name: 'shell', kind: 'Pod' };
    const { yaml } = patchRequests(object, 'cpu', [{ container: 'sh', to: 0.2 }]);
    expect(yaml.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
  });
});
