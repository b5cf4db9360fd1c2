import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from './json.js';
import { podRequest } from './requests.js';

interface Container {
  readonly cpu?: string;
  readonly sidecar?: boolean;
}

const spec = ({ cpu, sidecar }: Container, i: number, kind: string) => ({
  name: `${kind}${i}`,
  ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }),
  ...(sidecar ? { restartPolicy: 'Always' } : {}),
});

function podOf(containers: readonly Container[], inits: readonly Container[] = [], more: Json = {}): Json {
  return {
    spec: {
      containers: containers.map((each, i) => spec(each, i, 'c')),
      initContainers: inits.map((each, i) => spec(each, i, 'i')),
      ...more,
    },
  };
}

describe('what a pod reserves', () => {
  const cases: readonly [string, Json, number | null][] = [
    ['containers add up', podOf([{ cpu: '250m' }, { cpu: '0.1' }]), 0.35],
    ['none set is not 0', podOf([{}, {}]), null],
    ['0 set is 0', podOf([{ cpu: '0' }]), 0],
    ['a large init container wins', podOf([{ cpu: '100m' }], [{ cpu: '1' }, { cpu: '2' }]), 2],
    ['a small one does not', podOf([{ cpu: '500m' }], [{ cpu: '100m' }]), 0.5],
    ['a sidecar adds to the containers', podOf([{ cpu: '500m' }], [{ cpu: '100m', sidecar: true }]), 0.6],
    [
      'and to init containers after it',
      podOf([{ cpu: '1' }], [{ cpu: '500m', sidecar: true }, { cpu: '2' }]),
      2.5,
    ],
    ['not to those before it', podOf([{ cpu: '1' }], [{ cpu: '2' }, { cpu: '500m', sidecar: true }]), 2],
    ['overhead comes on top', podOf([{ cpu: '1' }], [{ cpu: '2' }], { overhead: { cpu: '250m' } }), 2.25],
    ['overhead alone', podOf([{}], [], { overhead: { cpu: '250m' } }), 0.25],
    [
      'what the pod as a whole asks for replaces its containers',
      podOf([{ cpu: '1' }], [], { resources: { requests: { cpu: '3' } }, overhead: { cpu: '1' } }),
      4,
    ],
    [
      'but only for that resource',
      podOf([{ cpu: '1' }], [], { resources: { requests: { memory: '1Gi' } } }),
      1,
    ],
    ['what is no quantity counts as not set', podOf([{ cpu: 'lots' }, { cpu: '-1' }]), null],
  ];

  it.each(cases)('%s', (_, pod, expected) => {
    expect(podRequest(pod, 'cpu')).toBe(expected);
  });

  const resizing = (status: Json) => ({ ...podOf([{ cpu: '2' }]), status });
  const container = { name: 'c0', allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '3' } } };

  it('is the largest of wanted, allocated and actual while a resize is under way', () => {
    expect(podRequest(resizing({ containerStatuses: [container] }), 'cpu')).toBe(3);
    const smaller = { ...container, resources: { requests: { cpu: '1' } } };
    expect(podRequest(resizing({ containerStatuses: [smaller] }), 'cpu')).toBe(2);
  });

  it('leaves out what is wanted when the node can never give it', () => {
    const conditions = [{ type: 'PodResizePending', reason: 'Infeasible' }];
    const actual = { ...container, resources: { requests: { cpu: '1' } } };
    expect(podRequest(resizing({ conditions, containerStatuses: [actual] }), 'cpu')).toBe(1);
  });

  const amounts = fc.option(fc.integer({ min: 0, max: 64_000 }), { nil: undefined });
  const toContainer = (n: number | undefined): Container => (n === undefined ? {} : { cpu: `${n}m` });

  it('is at least what its containers and sidecars need together, and at least every init container', () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { maxLength: 4 }),
        fc.array(fc.record({ n: amounts, sidecar: fc.boolean() }), { maxLength: 4 }),
        (running, inits) => {
          const pod = podOf(
            running.map(toContainer),
            inits.map(({ n, sidecar }) => ({ ...toContainer(n), sidecar })),
          );
          const total = podRequest(pod, 'cpu');
          const set = [...running, ...inits.map(({ n }) => n)].filter((n) => n !== undefined);
          if (set.length === 0) return void expect(total).toBeNull();
          const sidecars = inits.filter(({ sidecar }) => sidecar).map(({ n }) => n ?? 0);
          const together = [...running.map((n) => n ?? 0), ...sidecars].reduce((a, b) => a + b, 0);
          const most = Math.max(together, ...inits.map(({ n }) => n ?? 0));
          expect(total! * 1000).toBeGreaterThanOrEqual(most - 1e-6);
          expect(total! * 1000).toBeLessThanOrEqual(set.reduce((a, b) => a + b, 0) + 1e-6);
        },
      ),
    );
  });
});
