import { describe, expect, it } from '@jest/globals';
import { groupsBelow, levelBelow, scopeOf } from './scope';

describe('what is looked at', () => {
  it.each([
    ['', 'cluster'],
    ['?cluster=c', 'namespace'],
    ['?cluster=c&namespace=shop', 'workload'],
    ['?cluster=c&namespace=shop&workload=web', 'pod'],
    ['?cluster=c&node=n1', 'workload'],
  ])('of %p it is made of is a %s', (search, level) => expect(levelBelow(scopeOf(search))).toBe(level));

  it('ignores what is empty or something else', () =>
    expect(scopeOf('?cluster=&from=now-1h&ds=x')).toEqual({}));

  it('tells pods of the same name on two nodes apart', () => expect(groupsBelow('pod')).toContain('node'));
});
