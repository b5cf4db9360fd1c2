/** Writes beside the built program what it tells of itself: its version and the commit it was built from. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const { version } = JSON.parse(readFileSync(path.join(root, 'exporter/package.json'), 'utf8'));
const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
const revision = git.status === 0 ? git.stdout.trim() : 'unknown';
writeFileSync(path.join(root, 'exporter/dist/build-info.json'), `${JSON.stringify({ version, revision })}\n`);
