import { instant } from '../../pipeline/figures.js';
import type { EncodeReport, Report, ReportFormat } from '../../pipeline/report.js';
import { encodeCsv } from './csv.js';
import { encodeJson } from './json.js';
import { encodeParquet } from './parquet.js';

interface Encoding {
  readonly contentType: string;
  readonly encode: (report: Report) => AsyncIterable<Uint8Array>;
}

const ENCODINGS: Readonly<Record<ReportFormat, Encoding>> = {
  csv: { contentType: 'text/csv; charset=utf-8', encode: encodeCsv },
  json: { contentType: 'application/json', encode: encodeJson },
  parquet: { contentType: 'application/vnd.apache.parquet', encode: encodeParquet },
};

/** A report as a file. Nothing is read before the first piece is asked for. */
export const encodeReport: EncodeReport = (report, format) => {
  const { contentType, encode } = ENCODINGS[format];
  const { from, to } = report.head.range;
  const [first, end] = [from, to].map((t) => instant(t).replaceAll(':', ''));
  return { contentType, fileName: `greenkube-${first}-${end}.${format}`, chunks: encode(report) };
};
