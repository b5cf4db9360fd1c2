import { describe, expect, it } from '@jest/globals';
import { epochSeconds } from '../domain/units.js';
import { advanceFolds, isFolded, NO_FOLDS, type Folds } from './folds.js';

const NOW = epochSeconds(10 * 86400);
const joined = (count: number, dead: (ordinal: number) => boolean = () => false) =>
  Array.from({ length: count }, (_, ordinal) => ({
    ordinal,
    lastSeen: dead(ordinal) ? epochSeconds(0) : NOW,
  }));
const foldedOf = (folds: Folds, count: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => isFolded(i, folds));

describe('advanceFolds', () => {
  it('folds nobody up to the cap, and those that joined last beyond it', () => {
    expect(foldedOf(advanceFolds(NO_FOLDS, joined(10), NOW, 10), 20)).toEqual([]);
    expect(foldedOf(advanceFolds(NO_FOLDS, joined(13), NOW, 10), 13)).toEqual([10, 11, 12]);
  });

  it('keeps newcomers again when there is room, and never those that were folded', () => {
    const full = advanceFolds(NO_FOLDS, joined(13), NOW, 10);
    const nearly = advanceFolds(
      full,
      joined(14, (o) => o < 2),
      NOW,
      10,
    );
    expect(foldedOf(nearly, 14)).toEqual([10, 11, 12, 13]);
    const room = advanceFolds(
      nearly,
      joined(14, (o) => o < 3),
      NOW,
      10,
    );
    const later = advanceFolds(
      room,
      joined(16, (o) => o < 3),
      NOW,
      10,
    );
    expect(foldedOf(later, 16)).toEqual([10, 11, 12, 13]);
  });

  it('folds nobody who has been shown, also when the dead return', () => {
    const half = advanceFolds(
      NO_FOLDS,
      joined(10, (o) => o < 5),
      NOW,
      10,
    );
    const shown = advanceFolds(
      half,
      joined(15, (o) => o < 5),
      NOW,
      10,
    );
    expect(foldedOf(shown, 15)).toEqual([]);
    const returned = advanceFolds(shown, joined(17), NOW, 10);
    expect(foldedOf(returned, 17)).toEqual([15, 16]);
  });

  it('with no room at all folds everybody', () => {
    expect(foldedOf(advanceFolds(NO_FOLDS, joined(3), NOW, 0), 3)).toEqual([0, 1, 2]);
  });
});
