// Everything that stands in the way of saving, at the top and each leading to its place.
import { useEffect, useRef } from 'react';
import { count } from '../figures.ts';
import { Lamp } from '../parts/lamp.tsx';
import { go, settingsAddress } from '../route.ts';
import { focusPlace } from './focus-place.ts';
import { useForm } from './form.tsx';
import { problemLine } from './place-words.ts';
import { sectionOf } from './sections.ts';

export function ProblemSummary() {
  const { problems, standing, document } = useForm();
  const place = useRef<HTMLElement>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (standing.at === 'invalid') place.current?.focus();
  }, [standing]);
  useEffect(() => {
    if (wanted.current === null) return;
    focusPlace(wanted.current);
    wanted.current = null;
  });
  if (problems.length === 0) return null;
  const lead = (path: string): void => {
    wanted.current = path;
    go(settingsAddress(sectionOf(path) ?? 'file'));
    // In another section it is not there before the next drawing.
    if (focusPlace(path)) wanted.current = null;
  };
  return (
    <section className="problem-summary" aria-labelledby="problem-summary" ref={place} tabIndex={-1}>
      <h2 id="problem-summary">
        <Lamp colour="red" size={14} />
        {count(problems.length, 'problem')}: nothing was saved
      </h2>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            {sectionOf(problem.path) === null ? (
              <bdi>{problemLine(problem, document)}</bdi>
            ) : (
              <button type="button" className="linked" onClick={() => lead(problem.path)}>
                <bdi>{problemLine(problem, document)}</bdi>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
