/** Builds dist/; with --zip also the archive that a Grafana is given: greenkube-app-<version>.zip, one folder with the app's id. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { zipSync } from 'fflate';
import webpack from 'webpack';
import { APP_ID, config, dist, root, version } from '../webpack.config.mjs';

await new Promise((resolve, reject) => {
  webpack(config({ production: !process.argv.includes('--dev') }), (error, stats) => {
    if (error) return reject(error);
    if (stats.hasErrors()) return reject(new Error(stats.toString({ all: false, errors: true })));
    console.log(stats.toString({ all: false, assets: true, groupAssetsByPath: false, timings: true }));
    resolve();
  });
});

if (process.argv.includes('--zip')) {
  const files = {};
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[`${APP_ID}/${path.relative(dist, file).split(path.sep).join('/')}`] = readFileSync(file);
  }
  const archive = path.join(root, `${APP_ID}-${version}.zip`);
  // The same files give the same archive, whenever it is made.
  writeFileSync(archive, zipSync(files, { level: 9, mtime: new Date('2026-01-01T00:00:00Z') }));
  console.log(`${archive}: ${Object.keys(files).length} files`);
}
