/** What nodes did beside pods stands among the groups under names of its own. */
import type { Key } from '../api/answers';
import { t } from '../i18n';

const SHARES: Readonly<Record<string, () => string>> = {
  __idle__: () => t('group.idle', 'Idle capacity'),
  __system__: () => t('group.system', 'System'),
  '': () => t('group.none', '(none)'),
};

export const shareName = (name: string): string => SHARES[name]?.() ?? name;

/** A share of nodes, not something that runs. */
export const isShare = (key: Key): boolean =>
  Object.values(key).some((name) => name === '__idle__' || name === '__system__');
