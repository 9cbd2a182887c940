// A binary heap of due times with one entry per key, so that "what is next" and "make this one earlier" are both cheap.

export type Heap = {
  /** Adds the key or moves it; the smallest `due` is first. */
  set(key: string, due: number): void;
  delete(key: string): void;
  peek(): { readonly key: string; readonly due: number } | null;
  due(key: string): number | null;
  readonly size: number;
};

type Entry = { readonly key: string; due: number };

export function makeHeap(): Heap {
  const entries: Entry[] = [];
  const places = new Map<string, number>();

  const put = (entry: Entry, place: number): void => {
    entries[place] = entry;
    places.set(entry.key, place);
  };
  const rise = (entry: Entry, from: number): void => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = entries[parent] as Entry;
      if (above.due <= entry.due) break;
      put(above, place);
      place = parent;
    }
    put(entry, place);
  };
  const sink = (entry: Entry, from: number): void => {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= entries.length) break;
      const right = entries[child + 1];
      if (right && right.due < (entries[child] as Entry).due) child += 1;
      const below = entries[child] as Entry;
      if (below.due >= entry.due) break;
      put(below, place);
      place = child;
    }
    put(entry, place);
  };

  return {
    set(key, due) {
      const place = places.get(key);
      const entry: Entry = { key, due };
      if (place === undefined) {
        entries.push(entry);
        rise(entry, entries.length - 1);
        return;
      }
      const earlier = due < (entries[place] as Entry).due;
      if (earlier) rise(entry, place);
      else sink(entry, place);
    },
    delete(key) {
      const place = places.get(key);
      if (place === undefined) return;
      places.delete(key);
      const last = entries.pop() as Entry;
      if (last.key === key) return;
      const gone = entries[place] as Entry;
      if (last.due < gone.due) rise(last, place);
      else sink(last, place);
    },
    peek: () => entries[0] ?? null,
    due: (key) => {
      const place = places.get(key);
      return place === undefined ? null : (entries[place] as Entry).due;
    },
    get size() {
      return entries.length;
    },
  };
}
