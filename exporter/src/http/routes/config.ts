import { z } from 'zod';
import { noParameters, route } from './route.js';

const item = z
  .object({
    key: z.string(),
    group: z.string(),
    value: z.string().meta({ description: 'As it would be written; a secret that is set is "<redacted>"' }),
    origin: z.string().meta({ description: 'flag, file, env, .env, preset or default' }),
    name: z.string().meta({ description: 'The name it was given by: the key, an alias, NAME_FILE, a flag' }),
  })
  .meta({ id: 'ConfigRow' });

const answer = z.object({ items: z.array(item) }).meta({ id: 'Config' });
export type ConfigAnswer = z.infer<typeof answer>;

export const config = route({
  method: 'get',
  path: '/api/v1/config',
  role: 'read',
  summary: 'The configuration in effect, each key with its origin, secrets redacted',
  query: noParameters,
  produces: 'application/json',
  answer,
  examples: [{ query: '', asks: 'every key' }],
  handle: (deps) => {
    // Field by field: what a row may carry besides is not for here.
    const items = deps.config().map(({ key, group, value, origin, name }): z.infer<typeof item> => ({
      key,
      group,
      value,
      origin,
      name,
    }));
    return { json: { items } };
  },
});
