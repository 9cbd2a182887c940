// Keeps the keyboard's place where controls give way to one another.
import { useLayoutEffect, useRef } from 'react';

type FocusHooks = Pick<React.HTMLAttributes<HTMLElement>, 'onFocus' | 'onBlur'>;

/** When the focused control of this element goes away with a change of `state`, the element itself takes the focus: give it
 *  `tabIndex={-1}`, the ref and the hooks. */
export function useKeptFocus<E extends HTMLElement>(state: string): [React.RefObject<E | null>, FocusHooks] {
  const place = useRef<E>(null);
  const inside = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new state is what takes controls away
  useLayoutEffect(() => {
    const active = document.activeElement;
    const lost = active === null || active === document.body || active.matches(':disabled');
    if (inside.current && lost) place.current?.focus({ preventScroll: true });
  }, [state]);
  const hooks: FocusHooks = {
    onFocus: () => {
      inside.current = true;
    },
    onBlur: (event) => {
      // Without a next element either the control went away or nothing was chosen instead: still ours.
      if (event.relatedTarget instanceof Node && !event.currentTarget.contains(event.relatedTarget)) inside.current = false;
    },
  };
  return [place, hooks];
}
