/** Recommendations in words. */
import type { Details, LifecycleAction, Recommendation, Status } from '../api/recommendations';
import { bytes, number, UNKNOWN } from '../format/quantity';
import { instant } from '../format/time';
import { t } from '../i18n';

export function typeName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    ZOMBIE_WORKLOAD: t('type.zombie', 'Does nothing'),
    IDLE_NAMESPACE: t('type.idle-namespace', 'Idle namespace'),
    RIGHTSIZING_CPU: t('type.cpu', 'Asks for too much CPU'),
    RIGHTSIZING_MEMORY: t('type.memory', 'Asks for too much memory'),
    AUTOSCALING_CANDIDATE: t('type.autoscaling', 'Could be autoscaled'),
    OFF_PEAK_SCALING: t('type.off-peak', 'Quiet at certain hours'),
    CARBON_AWARE_SCHEDULING: t('type.carbon-aware', 'Could run at cleaner hours'),
    UNDERUTILIZED_NODE: t('type.underutilized', 'Node that could be drained'),
    OVERPROVISIONED_NODE: t('type.overprovisioned', 'Node that is too large'),
  };
  return names[type] ?? type;
}

export const statusName = (status: Status): string =>
  ({
    active: t('status.active', 'active'),
    applied: t('status.applied', 'applied'),
    ignored: t('status.ignored', 'ignored'),
    stale: t('status.stale', 'stale'),
  })[status];

export const actionName = (action: LifecycleAction): string =>
  ({
    apply: t('action.apply', 'Mark applied'),
    ignore: t('action.ignore', 'Ignore'),
    restore: t('action.restore', 'Restore'),
  })[action];

/** namespace / workload, or the node or namespace that it is about. */
export function targetName({ target }: Pick<Recommendation, 'target'>): string {
  const { namespace, workload, container, node } = target;
  const name = [namespace, workload, container].filter((part) => part).join(' / ');
  return name || node || target.cluster;
}

/** "cpu_request_cores" and 0.25 as "cpu request: 0.25 cores"; "proxy.cpu_request_cores" is of the container "proxy". */
export const detailLines = (details: Details): readonly (readonly [name: string, value: string])[] =>
  Object.entries(details).map(([name, value]) => detailLine(name, value));

/** Units at the end of names, also before "low" and "high". */
const SUFFIXES: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/_bytes(?=$|_low$|_high$)/, bytes],
  [/_cores(?=$|_low$|_high$)/, (v) => `${number(v)} cores`],
  [/_millicores$/, (v) => `${number(v)} m`],
  [/_ratio$/, (v) => `${number(v * 100)} %`],
  [/_joules$/, (v) => `${number(v)} J`],
  [/_grams$/, (v) => `${number(v)} g`],
  [/_watts$/, (v) => `${number(v)} W`],
  [/_hours$/, (v) => `${number(v)} h`],
];

const isRange = (value: unknown): value is { readonly from: string; readonly to: string } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value;

function detailLine(name: string, value: unknown): readonly [string, string] {
  const found = SUFFIXES.find(([suffix]) => suffix.test(name));
  const caption = (found ? name.replace(found[0], '') : name).replace('.', ' ').replaceAll('_', ' ');
  if (typeof value === 'number') return [caption, found ? found[1](value) : number(value)];
  if (Array.isArray(value))
    return [
      caption,
      value.map((each) => String(each).toLowerCase().replaceAll('_', ' ')).join(', ') || UNKNOWN,
    ];
  if (isRange(value)) return [caption, `${instant(value.from, 'utc')} – ${instant(value.to, 'utc')} UTC`];
  return [caption, typeof value === 'string' ? value : JSON.stringify(value)];
}
