// The settings' contents: every section with what it says in a few words, and a mark where something is unsaved or wrong.
import { count } from '../figures.ts';
import { settingsAddress } from '../route.ts';
import { useForm } from './form.tsx';
import { groups, type SectionId, sectionOf, summaryOf } from './sections.ts';

export function SettingsNav({ current }: { readonly current: SectionId | null }) {
  const { document, changed, problems } = useForm();
  return (
    <nav className="settings-nav" aria-label="Sections of the settings">
      {groups.map(({ title, sections }) => (
        <div key={title}>
          <h2 className="nav-title">{title}</h2>
          <ul>
            {sections.map((section) => {
              const wrong = problems.filter(({ path }) => sectionOf(path) === section.id).length;
              const unsaved = changed.includes(section);
              return (
                <li key={section.id}>
                  <a href={settingsAddress(section.id)} aria-current={section.id === current ? 'page' : undefined}>
                    <span className="nav-name">
                      {section.title}
                      {wrong > 0 ? (
                        <span className="tag wrong">{count(wrong, 'problem')}</span>
                      ) : (
                        unsaved && <span className="tag">unsaved</span>
                      )}
                    </span>
                    <bdi className="nav-summary">{summaryOf(section.id, document)}</bdi>
                  </a>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
