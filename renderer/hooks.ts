// How components read the store and ask the engine for something.
import { createContext, type RefObject, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Fault, Input, MethodName, Output, Reply, Strip } from '../shared/ipc.ts';
import type { Store, View } from './store.ts';

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (store === null) throw new TypeError('the page was drawn without a store');
  return store;
}

/** Part of the view. `selector` must return the same reference while its part is the same. */
export function useView<T>(selector: (view: View) => T): T {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => selector(store.view()));
}

/** The last checks of one monitor, oldest first. */
export function useStrip(id: string): readonly Strip[] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.strip(id));
}

export type Ask<M extends MethodName> = {
  readonly pending: boolean;
  /** Why the last attempt failed; gone as soon as a new one begins. */
  readonly fault: Fault | null;
  readonly ask: (input: Input<M>) => Promise<Reply<Output<M>>>;
};

/** One thing that a person can ask for, with its progress and its failure to show in place. */
export function useAsk<M extends MethodName>(method: M): Ask<M> {
  const store = useStore();
  const [state, setState] = useState<{ readonly pending: boolean; readonly fault: Fault | null }>({
    pending: false,
    fault: null,
  });
  const ask = useCallback(
    async (input: Input<M>) => {
      setState({ pending: true, fault: null });
      const reply = await store.call(method, input);
      setState({ pending: false, fault: reply.ok ? null : reply.error });
      return reply;
    },
    [store, method],
  );
  return { ...state, ask };
}

/** Brings what the address asks for into view and focus: `#incident=ID` of a clicked notification, `#lever=NAME` of the tray. */
export function useArrival(place: RefObject<HTMLElement | null>, kind: 'incident' | 'lever', id: string): void {
  useEffect(() => {
    const arrive = (): void => {
      if (new URLSearchParams(location.hash.slice(1)).get(kind) !== id) return;
      place.current?.scrollIntoView({ block: 'start' });
      place.current?.focus({ preventScroll: true });
    };
    arrive();
    addEventListener('hashchange', arrive);
    return () => removeEventListener('hashchange', arrive);
  }, [place, kind, id]);
}
