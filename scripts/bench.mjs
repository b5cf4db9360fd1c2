/** `pnpm bench`: set up, build the benches and run them; arguments (names of benches, --data=FOLDER) go to test/bench/main.ts. */
import process from 'node:process';
import { root, run, setup } from './setup.mjs';

setup();
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'test/bench/tsconfig.json']);
// Rendering a large world makes millions of short-lived samples: room for them saves most of the collecting.
const flags = ['--max-semi-space-size=128'];
run(process.execPath, [...flags, 'test/dist/test/bench/main.js', ...process.argv.slice(2)], { cwd: root });
