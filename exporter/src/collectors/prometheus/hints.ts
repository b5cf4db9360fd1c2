/** Autoscalers and kills for want of memory, from kube-state-metrics' families. */
import type { TimeRange } from '../../domain/interval.js';
import type { ClusterHints, ClusterHintSource } from '../../ports/cluster-hints.js';
import { available, type Outcome } from '../../ports/outcome.js';
import { isRecord, text, type Labels } from './answer.js';
import type { PrometheusClient } from './client.js';

const selector = (family: string, matchers: string, own = ''): string =>
  `${family}{${[own, matchers].filter((part) => part !== '').join(',')}}`;

/** Where nothing tells of pods nothing tells of these either: an empty answer is then no knowledge. */
const presence = (matchers: string): string => `group(${selector('kube_pod_info', matchers)})`;

/** Two jobs that expose the families are one. */
const autoscalers = (matchers: string): string =>
  'group by (namespace, horizontalpodautoscaler, scaletargetref_kind, scaletargetref_name) ' +
  `(${selector('kube_horizontalpodautoscaler_info', matchers)})`;

const killed = (matchers: string, seconds: number): string => {
  const family = selector('kube_pod_container_status_last_terminated_reason', matchers, 'reason="OOMKilled"');
  return `group by (namespace, pod) (max_over_time(${family}[${seconds}s]) > 0)`;
};

export function createClusterHints(
  promQl: Pick<PrometheusClient, 'instant'>,
  matchers: string,
): ClusterHintSource {
  const ask = (expression: string, { to }: TimeRange, signal?: AbortSignal) =>
    promQl.instant(expression, to, 'vector', signal);
  return {
    hints: async (range, signal): Promise<Outcome<ClusterHints>> => {
      const there = await ask(presence(matchers), range, signal);
      if (!there.ok) return there;
      if (there.value.length === 0) return available({ autoscalers: null, outOfMemory: null });
      const scaled = await ask(autoscalers(matchers), range, signal);
      if (!scaled.ok) return scaled;
      const dead = await ask(killed(matchers, range.to - range.from), range, signal);
      if (!dead.ok) return dead;
      return available({
        autoscalers: labelsOf(scaled.value).map((labels) => ({
          namespace: text(labels, 'namespace'),
          target: { name: text(labels, 'scaletargetref_name'), type: text(labels, 'scaletargetref_kind') },
          kind: 'HorizontalPodAutoscaler' as const,
          name: text(labels, 'horizontalpodautoscaler'),
        })),
        outOfMemory: labelsOf(dead.value).map((labels) => ({
          namespace: text(labels, 'namespace'),
          pod: text(labels, 'pod'),
        })),
      });
    },
  };
}

const labelsOf = (result: readonly unknown[]): readonly Labels[] =>
  result.flatMap((entry) => (isRecord(entry) && isRecord(entry['metric']) ? [entry['metric']] : []));
