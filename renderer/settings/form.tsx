// What every field of the settings is given, and the frame around it: its name, what it is for, what is wrong with it.
import { createContext, useContext, useId } from 'react';
import type { Draft } from './draft.ts';
import { hintOf, labelOf } from './names.ts';
import type { Schema } from './schema.ts';
import { isWithin, type Path, pathText } from './values.ts';

export const DraftContext = createContext<Draft | null>(null);

export function useForm(): Draft {
  const draft = useContext(DraftContext);
  if (draft === null) throw new TypeError('a field was drawn outside the settings');
  return draft;
}

export type FieldProps = {
  readonly schema: Schema;
  readonly path: Path;
  /** `undefined` where the file says nothing. */
  readonly value: unknown;
  readonly required: boolean;
  /** `undefined` takes the key out of the file. */
  readonly onChange: (value: unknown) => void;
};

/** Draws the control that a schema asks for; parts of groups and lists are drawn by it again. */
export type Draw = (props: FieldProps) => React.ReactNode;

/** What is wrong at a path; with `within`, also with anything inside it. */
export function useProblems(path: Path, within = false): string[] {
  const { problems } = useForm();
  const place = pathText(path);
  return problems.filter((problem) => (within ? isWithin(problem.path, place) : problem.path === place)).map(inWords);
}

/** Places of all problems inside a path. */
export function useProblemPlaces(path: Path): string[] {
  const { problems } = useForm();
  const place = pathText(path);
  return problems.map((problem) => problem.path).filter((problem) => isWithin(problem, place));
}

function inWords({ message }: { readonly message: string }): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
}

export type Wiring = {
  readonly id: string;
  readonly 'data-path': string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-required': true | undefined;
};

type FrameProps = Pick<FieldProps, 'schema' | 'path' | 'required'> & {
  /** Problems of parts without a field of their own are told here as well. */
  readonly within?: boolean;
  /** Replaces the schema's own hint. */
  readonly hint?: string | null;
  readonly trouble?: string | null;
  /** Two of half size stand side by side where there is room. */
  readonly size?: 'half' | 'full';
  readonly children: (wiring: Wiring) => React.ReactNode;
};

export function Frame({
  schema,
  path,
  required,
  within = false,
  hint = hintOf(path, schema),
  trouble = null,
  size = 'full',
  children,
}: FrameProps) {
  const id = useId();
  const found = useProblems(path, within);
  const problems = trouble === null ? found : [trouble, ...found];
  const described = [...(hint ? [`${id}hint`] : []), ...(problems.length > 0 ? [`${id}problem`] : [])].join(' ');
  return (
    <div className="field setting" data-size={size} data-invalid={problems.length > 0}>
      <label htmlFor={id}>
        {labelOf(path)}
        {required && <span className="needed"> needed</span>}
      </label>
      {children({
        id,
        'data-path': pathText(path),
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problems.length > 0 ? true : undefined,
        'aria-required': required ? true : undefined,
      })}
      {hint && (
        <p className="hint" id={`${id}hint`}>
          <bdi>{hint}</bdi>
        </p>
      )}
      <Problems id={`${id}problem`} problems={problems} />
    </div>
  );
}

export function Problems({ id, problems }: { readonly id?: string; readonly problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <p className="fault" id={id}>
      <bdi>{problems.join(' ')}</bdi>
    </p>
  );
}
