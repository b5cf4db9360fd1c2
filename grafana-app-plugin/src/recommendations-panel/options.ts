import type { Arrangement } from '../components/recommendation-list';

/** How the panel begins; readers may choose otherwise for themselves. */
export type RecommendationsOptions = Pick<Arrangement, 'sort' | 'group'>;

export const DEFAULTS: RecommendationsOptions = { sort: 'co2e', group: 'none' };
