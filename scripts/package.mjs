/** `pnpm package`: the Grafana plugin as the archive that a Grafana is given, in grafana-app-plugin/. */
import { buildPlugin, setup } from './setup.mjs';

setup();
buildPlugin({ zip: true });
