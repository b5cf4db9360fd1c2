/** One recommendation: as it is, its patch, and what a person says about it. */
import { z } from 'zod';
import type { Transition } from '../../domain/recommendations/lifecycle.js';
import type { Recommendation } from '../../domain/recommendations/model.js';
import type { HandlerDeps } from '../deps.js';
import { Problem } from '../problem.js';
import { recommendationSchema, shapeRecommendation } from '../recommendations.js';
import { noParameters, route, type Method } from './route.js';
import { historyOf } from './recommendations.js';

const params = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .meta({ description: 'As GET /api/v1/recommendations answers it', example: '0123456789abcdef' }),
});

const NOT_FOUND = new Problem('not-found', 'There is no such recommendation.', {
  parameter: 'id',
  fix: 'See /api/v1/recommendations.',
});

async function find(deps: HandlerDeps, id: string): Promise<Recommendation> {
  const none: readonly never[] = [];
  const [found] = await historyOf(deps).recommendations({
    ...{ clusters: none, statuses: none, types: none, namespaces: none, workloads: none, nodes: none },
    ids: [id],
  });
  if (!found) throw NOT_FOUND;
  return found;
}

export const recommendation = route({
  method: 'get',
  path: '/api/v1/recommendations/{id}',
  role: 'read',
  summary: 'One recommendation with its evidence',
  query: noParameters,
  params,
  produces: 'application/json',
  answer: recommendationSchema,
  handle: async (deps, { params: { id } }) => ({
    json: shapeRecommendation(await find(deps, id), deps.rootPath),
  }),
});

export const recommendationPatch = route({
  method: 'get',
  path: '/api/v1/recommendations/{id}/patch',
  role: 'read',
  summary: 'Its patch as YAML, with the command that applies it in the first line',
  query: noParameters,
  params,
  produces: 'application/yaml',
  answer: z.string(),
  handle: async (deps, { params: { id } }) => {
    const { patch } = await find(deps, id);
    return { content: patch.yaml, contentType: 'application/yaml; charset=utf-8' };
  },
});

const reasonParameter = z.strictObject({
  reason: z
    .string()
    .regex(/^[^\p{Cc}]{1,500}$/u, 'is not 1 to 500 printable characters')
    .optional()
    .meta({ description: 'Why, for whoever reads it later' }),
});

interface Change {
  readonly method: Method;
  readonly path: string;
  readonly transition: Transition;
  readonly summary: string;
}

const changeRoute = ({ method, path, transition, summary }: Change) =>
  route({
    method,
    path,
    role: 'change',
    summary,
    query: reasonParameter,
    params,
    produces: 'application/json',
    answer: recommendationSchema,
    handle: async (deps, { params: { id }, query }) => {
      await find(deps, id);
      if (!deps.recommender) throw new Problem('not-found', 'Nothing here changes recommendations.');
      const outcome = await deps.recommender.transition(id, transition, query.reason ?? '');
      // Known to the history, and not to the one who writes: it is of another cluster.
      if (outcome.state === 'not-found') {
        throw new Problem('conflict', 'This recommendation is of a cluster that another exporter writes.', {
          parameter: 'id',
          fix: 'Ask the exporter of that cluster.',
        });
      }
      if (outcome.state === 'conflict') throw refused(transition, outcome.recommendation);
      return { json: shapeRecommendation(outcome.recommendation, deps.rootPath) };
    },
  });

const FIX: Readonly<Record<Transition, string>> = {
  apply: 'Only an active or stale recommendation can be applied; restore an ignored one first.',
  ignore: 'Only an active or stale recommendation can be ignored.',
  restore: 'Only an ignored recommendation can be restored.',
};

const refused = (transition: Transition, { status }: Recommendation): Problem =>
  new Problem('conflict', `The recommendation is ${status}.`, { fix: FIX[transition] });

export const applyRecommendation = changeRoute({
  method: 'patch',
  path: '/api/v1/recommendations/{id}/apply',
  transition: 'apply',
  summary: 'Say that it has been followed: its savings are measured from now on',
});

export const ignoreRecommendation = changeRoute({
  method: 'patch',
  path: '/api/v1/recommendations/{id}/ignore',
  transition: 'ignore',
  summary: 'Say that it is not wanted: it stays ignored through scans',
});

export const restoreRecommendation = changeRoute({
  method: 'delete',
  path: '/api/v1/recommendations/{id}/ignore',
  transition: 'restore',
  summary: 'Take the ignoring back',
});
