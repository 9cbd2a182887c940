// Every secret that Signalbox knows by name: what uses it, where it is, and those that nothing uses any more.

import { Lamp } from '../parts/lamp.tsx';
import { ConnectionDoctor } from './connection-doctor.tsx';
import { referencesIn } from './credentials.ts';
import { useForm } from './form.tsx';
import { placeWords } from './place-words.ts';
import { SecretLine } from './secret-line.tsx';

export function CredentialsSection() {
  const { view, document } = useForm();
  const inDraft = referencesIn(document);
  const known = view.secrets.map(({ name }) => name);
  const used = [...new Set([...inDraft, ...view.secrets.filter(({ usedBy }) => usedBy.length > 0).map(({ name }) => name)])];
  const unused = known.filter((name) => !used.includes(name));
  const users = (name: string): readonly string[] => view.secrets.find((secret) => secret.name === name)?.usedBy ?? [];
  return (
    <>
      {view.keychain.problem !== null && (
        <div className="notice">
          <Lamp colour="amber" size={16} />
          <p>
            <b>The keychain cannot be used.</b> <bdi>{view.keychain.problem}</bdi> Until then, give a secret to Signalbox as an
            environment variable: <code>rollbar-token</code> is <code>SIGNALBOX_SECRET_ROLLBAR_TOKEN</code>.
          </p>
        </div>
      )}
      <section className="card" aria-labelledby="used-secrets">
        <h3 id="used-secrets">In use</h3>
        {used.length === 0 && <p className="none">The settings refer to no secret.</p>}
        <ul className="secret-list">
          {used.map((name) => (
            <li className="secret-item" key={name}>
              <SecretLine name={name} />
              {users(name).length > 0 && (
                <p className="hint">
                  For{' '}
                  <bdi>
                    {users(name)
                      .map((path) => placeWords(path, view.document))
                      .join(' and ')}
                  </bdi>
                </p>
              )}
            </li>
          ))}
        </ul>
      </section>
      <ConnectionDoctor />
      {unused.length > 0 && (
        <section className="card" aria-labelledby="unused-secrets">
          <h3 id="unused-secrets">Stored, and used by nothing</h3>
          <ul className="secret-list">
            {unused.map((name) => (
              <li className="secret-item" key={name}>
                <SecretLine name={name} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
