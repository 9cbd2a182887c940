// One monitor's form: its fields by kind, a test of it as it stands here, and what can be done to it as a whole.
import { drawField } from './field.tsx';
import { Problems, useProblems } from './form.tsx';
import { GroupBody } from './group-fields.tsx';
import { JsonField } from './inputs.tsx';
import { monitorTitle } from './monitors-model.ts';
import { type Schema, shapeOf } from './schema.ts';
import { TestButton } from './test-button.tsx';
import type { Raw } from './values.ts';

type MonitorFormProps = {
  readonly monitor: Raw;
  readonly index: number;
  readonly last: boolean;
  readonly kind: string;
  readonly schema: Schema;
  readonly onChange: (next: unknown) => void;
  readonly onDuplicate: () => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
};

export function MonitorForm(props: MonitorFormProps) {
  const { monitor, index, last, kind, schema, onChange } = props;
  const path = ['monitors', index];
  const shape = shapeOf(schema, schema);
  const title = monitorTitle(monitor);
  return (
    <div className="monitor-form">
      <Problems problems={useProblems(path)} />
      <div className="fields">
        {shape.kind === 'group' ? (
          <GroupBody schema={schema} path={path} value={monitor} onChange={onChange} shape={shape} draw={drawField} kind={kind} />
        ) : (
          <JsonField schema={schema} path={path} value={monitor} onChange={onChange} required />
        )}
      </div>
      <TestButton test={{ what: 'monitor', monitor }} name={title} />
      <div className="actions">
        <button type="button" className="quiet" aria-label={`Duplicate ${title}`} onClick={props.onDuplicate}>
          Duplicate
        </button>
        {index > 0 && (
          <button type="button" className="quiet" aria-label={`Move ${title} up`} onClick={() => props.onMove(index - 1)}>
            Move up
          </button>
        )}
        {!last && (
          <button type="button" className="quiet" aria-label={`Move ${title} down`} onClick={() => props.onMove(index + 1)}>
            Move down
          </button>
        )}
        <button type="button" className="quiet" aria-label={`Remove ${title}`} onClick={props.onRemove}>
          Remove
        </button>
      </div>
    </div>
  );
}
