// What the files of the suggestions hand to each other.
import type { Suggestion } from '../../shared/settings-view.ts';

export type Part = Suggestion['parts'][number];
export type Found = { readonly title: string; readonly parts: readonly Part[] };
