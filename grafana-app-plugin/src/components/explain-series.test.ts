import { describe, expect, it } from '@jest/globals';
import type { Key } from '../api/answers';
import { isExplainable, partName, seriesOf } from './explain-series';

describe('the figure of a group', () => {
  it('is named as the API takes it, values quoted', () => {
    const key = { cluster: 'c', namespace: 'a"b', workload_type: 'Deployment' };
    expect(seriesOf({ metric: 'co2e_grams', key })).toBe('co2e_grams{cluster="c",namespace="a\\"b"}');
  });

  it('is explained on its own where it is of a namespace or a node', () => {
    const keys: readonly Key[] = [{}, { cluster: 'c' }, { namespace: 'n' }, { node: 'n' }];
    expect(keys.map((key) => isExplainable({ metric: 'm', key }))).toEqual([false, false, true, true]);
  });

  it('is called by its labels', () => {
    expect(partName('co2e_grams{cluster="c",pod="a",node="n"}')).toBe('a / n');
    expect(partName('co2e_grams')).toBe('co2e_grams');
  });
});
