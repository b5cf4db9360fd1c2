/** The host page's bundle, built once and kept as long as nothing that it is made of changes. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const HERE = path.join(import.meta.dirname, 'host');
const CACHE = path.resolve(import.meta.dirname, '../node_modules/.cache/host');
const PACKAGE = path.resolve(import.meta.dirname, '../../grafana-app-plugin/package.json');

/** @returns folder of host.js and host.css */
export async function hostFolder(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(PACKAGE));
  for (const file of readdirSync(HERE).sort()) hash.update(readFileSync(path.join(HERE, file)));
  const folder = path.join(CACHE, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  const building = `${folder}.building`;
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  await promisify(execFile)(process.execPath, [path.join(HERE, 'build.mjs'), building]);
  renameSync(building, folder);
  return folder;
}
