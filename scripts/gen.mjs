/** `pnpm gen`: write the generated documents and dashboards; their tests fail while a file differs from what the code says. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeDashboards } from './dashboards.mjs';
import { writePluginFiles } from './plugin-files.mjs';
import { root, setup } from './setup.mjs';

setup();
const dist = (file) => import(path.join(root, 'exporter/dist', file));
const [{ renderConfigDocs }, { renderCommandDocs }, { renderMetricsDocs }, { renderApiDocs }] =
  await Promise.all([
    dist('app/config.js'),
    dist('app/cli.js'),
    dist('exposition/docs.js'),
    dist('http/api-docs/markdown.js'),
  ]);
const documents = {
  'api.md': renderApiDocs(),
  'commands.md': renderCommandDocs(),
  'config.md': renderConfigDocs(),
  'metrics.md': renderMetricsDocs(),
};
for (const [file, text] of Object.entries(documents)) {
  writeFileSync(path.join(root, 'docs', file), text);
  console.log(`docs/${file}`);
}
for (const file of await writeDashboards()) console.log(file);
for (const file of await writePluginFiles()) console.log(file);
