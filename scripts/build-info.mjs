/** Writes beside the built program what it tells of itself: its version and the commit it was built from. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './setup.mjs';

const { version } = JSON.parse(readFileSync(path.join(root, 'exporter/package.json'), 'utf8'));
const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
// An image is built from the files alone, and told which commit they are of.
const revision = process.env.REVISION ?? (git.status === 0 ? git.stdout.trim() : 'unknown');
writeFileSync(path.join(root, 'exporter/dist/build-info.json'), `${JSON.stringify({ version, revision })}\n`);
