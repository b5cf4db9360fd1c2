/** `npm start`: set up, then run the exporter in this process so that signals reach it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setup } from './setup.mjs';

setup({ scope: 'exporter' });
await import(pathToFileURL(path.join(root, 'exporter/dist/main.js')).href);
