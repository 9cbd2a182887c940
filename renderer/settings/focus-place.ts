// Finds the control for a place in the settings, and gives it the keyboard.

/** Focuses the control at `path`, or the nearest thing around it that is shown. Whether anything was found. */
export function focusPlace(path: string): boolean {
  const shown = [...document.querySelectorAll<HTMLElement>('[data-path]')];
  const fitting = shown
    .map((element) => ({ element, place: element.dataset.path ?? '' }))
    .filter(({ place }) => place === path || (path.startsWith(place) && /^[.[]/.test(path.slice(place.length))))
    .sort((a, b) => b.place.length - a.place.length);
  const [nearest] = fitting;
  if (!nearest) return false;
  const { element } = nearest;
  const control = element.matches('input, select, textarea, button')
    ? element
    : (element.querySelector<HTMLElement>('input, select, textarea, button') ?? element);
  control.scrollIntoView({ block: 'center' });
  control.focus({ preventScroll: true });
  return true;
}
