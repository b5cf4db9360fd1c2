/**
 * Writes dashboards/generated from dashboards/src; `node scripts/dashboards.mjs --check` writes nothing and fails when a file differs.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root, run } from './setup.mjs';

const GENERATED = path.join(root, 'dashboards/generated');

async function rendered() {
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'dashboards/tsconfig.build.json']);
  const { BOARDS, fileOf } = await import(pathToFileURL(path.join(root, 'dashboards/dist/index.js')).href);
  return new Map(BOARDS.map((board) => [`${board.name}.json`, fileOf(board)]));
}

/** Names of the files that are not what they should be, and those that should not be there. */
function different(files) {
  const stray = existsSync(GENERATED) ? readdirSync(GENERATED).filter((file) => !files.has(file)) : [];
  const wrong = [...files].filter(([file, text]) => {
    const written = path.join(GENERATED, file);
    return !existsSync(written) || readFileSync(written, 'utf8') !== text;
  });
  return [...wrong.map(([file]) => file), ...stray];
}

export async function writeDashboards() {
  const files = await rendered();
  mkdirSync(GENERATED, { recursive: true });
  for (const file of different(files)) {
    const text = files.get(file);
    if (text === undefined) rmSync(path.join(GENERATED, file));
    else writeFileSync(path.join(GENERATED, file), text);
  }
  return [...files.keys()].map((file) => `dashboards/generated/${file}`);
}

if (process.argv[1] === import.meta.filename) {
  const isCheck = process.argv.includes('--check');
  const files = isCheck ? different(await rendered()) : await writeDashboards();
  if (isCheck && files.length > 0) {
    console.error(
      `run pnpm gen: in dashboards/generated, ${files.join(', ')} is not what dashboards/src says`,
    );
    process.exit(1);
  }
  for (const file of files) console.log(file);
}
