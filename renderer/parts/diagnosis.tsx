// Why it is down, as far as that is known: the likely cause, what speaks for and against it, what to do, and all that was found.
import type { EvidenceLine } from '../../shared/evidence.ts';
import type { Diagnosis, Incident } from '../../shared/incident.ts';
import { Clock } from './time.tsx';

const confidenceWords = { high: 'Very likely', medium: 'Likely', low: 'Possibly' } as const;
const leverWords = { banner: 'Banner', traffic: 'Traffic', dump: 'Dump' } as const;

export function DiagnosisBlock({ incident: { diagnosis, evidence } }: { readonly incident: Incident }) {
  if (diagnosis === null) return <Lines title="What was found" lines={evidence} />;
  const isKnown = diagnosis.rule !== 'unknown';
  const used = [...diagnosis.evidence, ...diagnosis.against].map(keyOf);
  const rest = evidence.filter((line) => !used.includes(keyOf(line)));
  return (
    <div className="diagnosis">
      <p>
        {isKnown && <b>{confidenceWords[diagnosis.confidence]}: </b>}
        <bdi>{diagnosis.sentence}</bdi>
      </p>
      {isKnown && <p className="diagnosis-lever">{leverSentence(diagnosis)}</p>}
      {diagnosis.suggestion !== null && (
        <p className="diagnosis-suggestion">
          <b>What to do:</b> <bdi>{diagnosis.suggestion}</bdi>
        </p>
      )}
      <Lines title="Evidence" lines={diagnosis.evidence} />
      <Lines title="Speaks against it" lines={diagnosis.against} />
      <Others others={diagnosis.others} />
      <Lines title={isKnown ? 'Also found' : 'What was found'} lines={rest} open={!isKnown} />
    </div>
  );
}

function leverSentence({ lever, confidence }: Diagnosis): string {
  if (lever !== null) return `The ${leverWords[lever]} lever helps.`;
  return confidence === 'low' ? '' : 'No lever mends this; the banner tells your users.';
}

const keyOf = ({ source, at, text }: EvidenceLine): string => `${source} ${at} ${text}`;

function Lines({
  title,
  lines,
  open = false,
}: {
  readonly title: string;
  readonly lines: readonly EvidenceLine[];
  readonly open?: boolean;
}) {
  if (lines.length === 0) return null;
  return (
    <details open={open}>
      <summary>
        {title} ({lines.length})
      </summary>
      <ul>
        {lines.map((line) => (
          <li key={keyOf(line)}>
            <b>
              <bdi>{line.source}</bdi>
            </b>
            , <Clock at={line.at} />: <bdi>{line.text}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Others({ others }: Pick<Diagnosis, 'others'>) {
  if (others.length === 0) return null;
  return (
    <details>
      <summary>Other possible causes ({others.length})</summary>
      <ul>
        {others.map(({ rule, sentence, confidence }) => (
          <li key={rule}>
            <b>{confidenceWords[confidence]}:</b> <bdi>{sentence}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}
