// The page's one tooltip. It lives at the root, because a row that is skipped while off screen would clip its own.
import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';

export type TipContent = {
  /** Where it points to, in the viewport. */
  readonly x: number;
  readonly y: number;
  readonly title: string;
  readonly text: string;
  readonly detail: string | null;
};

let current: TipContent | null = null;
const listeners = new Set<() => void>();

/** Shows the tooltip, or hides it with `null`. */
export function showTip(tip: TipContent | null): void {
  if (tip === null && current === null) return;
  current = tip;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('scroll', hide, { passive: true });
  return () => {
    listeners.delete(listener);
    window.removeEventListener('scroll', hide);
  };
}

function hide(): void {
  showTip(null);
}

/** Hidden from screen readers: what it says stands in the focused element's value text. */
export function Tip() {
  const tip = useSyncExternalStore(subscribe, () => current);
  const box = useRef<HTMLDivElement>(null);
  const [shift, setShift] = useState(0);
  useLayoutEffect(() => {
    const width = box.current?.offsetWidth ?? 0;
    if (tip) setShift(Math.min(Math.max(tip.x - width / 2, 8), document.documentElement.clientWidth - width - 8));
  }, [tip]);
  if (!tip) return null;
  return (
    <div className="tip" ref={box} style={{ left: shift, top: tip.y }} aria-hidden="true">
      <b>{tip.title}</b> <bdi>{tip.text}</bdi>
      {tip.detail !== null && (
        <p>
          <bdi>{tip.detail}</bdi>
        </p>
      )}
    </div>
  );
}
