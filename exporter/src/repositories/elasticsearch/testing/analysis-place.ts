import type { AnalysisPlace } from '../../../ports/testing/analysis-place.js';
import type { OutlookPlace } from '../../../ports/outlook-history.contract.js';
import { STEP } from '../../../ports/testing/results.js';
import { openElasticsearchOutlook, openElasticsearchStores } from '../open.js';
import type { ElasticsearchPlaces } from './store.js';

interface Closing {
  close(): Promise<void>;
}

export async function makeElasticsearchPlace(places: ElasticsearchPlaces): Promise<AnalysisPlace> {
  const prefix = places.take();
  const options = { ...places.optionsFor(prefix), step: STEP };
  let ledger: Closing | null = null;
  const readers: Closing[] = [];
  return {
    open: async (cluster = 'c') => {
      await ledger?.close();
      const stores = await openElasticsearchStores({ ...options, cluster });
      ledger = stores.ledger;
      const { profiles, recommendations } = stores.outlook;
      return { ledger: stores.ledger, profiles, recommendations };
    },
    openHistory: async () => {
      const reader = await openElasticsearchOutlook(options);
      readers.push(reader);
      return reader;
    },
    remove: async () => {
      for (const reader of readers) await reader.close();
      await ledger?.close();
      await places.giveBack(prefix);
    },
  };
}

export async function makeElasticsearchOutlookPlace(places: ElasticsearchPlaces): Promise<OutlookPlace> {
  const prefix = places.take();
  const options = { ...places.optionsFor(prefix), step: STEP };
  const a = await openElasticsearchStores({ ...options, cluster: 'a' });
  const b = await openElasticsearchStores({ ...options, cluster: 'b' });
  const reader = await openElasticsearchOutlook(options);
  return {
    ledgers: { a: a.ledger, b: b.ledger },
    findings: { a: a.outlook.findings, b: b.outlook.findings },
    factors: a.factors,
    reader,
    remove: async () => {
      for (const opened of [reader, a.ledger, b.ledger]) await opened.close();
      await places.giveBack(prefix);
    },
  };
}
