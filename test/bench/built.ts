/** Modules of the built exporter, which find their libraries; a copy of their source in the folder of the benches would not. */
import { ROOT } from './exporter-process.js';

/** @param file below exporter/dist; the type is that of its source */
export const built = async <Module>(file: string): Promise<Module> =>
  (await import(`${ROOT}/exporter/dist/${file}`)) as Module;
