/** What every page of the app works with. */
import { createContext, useContext } from 'react';
import type { TimeZone } from '@grafana/data';
import type { GreenKubeApi } from '../api/client';
import type { RangeState } from './range';

export interface Source {
  readonly uid: string;
  readonly name: string;
}

export interface AppState extends RangeState {
  readonly api: GreenKubeApi;
  readonly source: Source;
  readonly sources: readonly Source[];
  readonly timeZone: TimeZone;
  /** May apply, ignore and restore: Editors and above; Grafana's proxy checks it again. */
  readonly canChange: boolean;
}

const Context = createContext<AppState | null>(null);
export const AppProvider = Context.Provider;

export function useApp(): AppState {
  const state = useContext(Context);
  if (!state) throw new Error('useApp outside of the app');
  return state;
}
