import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { renderMetricsDocs } from './docs.js';

it('docs/metrics.md is what the tables say; run pnpm gen after changing them', () => {
  const file = join(import.meta.dirname, '../../../docs/metrics.md');
  expect(readFileSync(file, 'utf8')).toBe(renderMetricsDocs());
});
