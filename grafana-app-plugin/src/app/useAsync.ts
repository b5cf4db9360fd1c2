/** What a view knows of an answer that it waits for. */
import { useCallback, useEffect, useState } from 'react';
import { asApiError, type ApiError } from '../api/errors';

export interface Async<T> {
  /** The last answer; kept while a newer one is waited for. */
  readonly data: T | null;
  /** Of the last request; null while it is under way or went well. */
  readonly error: ApiError | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** Loads anew whenever `key` changes; an answer that comes late, after the next was asked for, is dropped. */
export function useAsync<T>(key: string, load: () => Promise<T>): Async<T> {
  const [state, setState] = useState<Omit<Async<T>, 'reload'>>({ data: null, error: null, loading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let wanted = true;
    setState((before) => ({ ...before, loading: true, error: null }));
    load().then(
      (data) => wanted && setState({ data, error: null, loading: false }),
      (failure: unknown) => wanted && setState({ data: null, error: asApiError(failure), loading: false }),
    );
    return () => {
      wanted = false;
    };
    // `key` says all that `load` depends on.
  }, [key, round]);
  return { ...state, reload: useCallback(() => setRound((n) => n + 1), []) };
}
