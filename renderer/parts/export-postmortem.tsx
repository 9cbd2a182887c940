// The report on an outage as a file: Markdown, filled with what is known, honest blanks where it is not.
import { useAsk } from '../hooks.ts';
import { FaultLine } from './fault.tsx';

export function ExportPostmortem({ id }: { readonly id: string }) {
  const { ask, pending, fault } = useAsk('incident.postmortem');
  const save = async (): Promise<void> => {
    const reply = await ask({ id });
    if (reply.ok) download(reply.value.name, reply.value.markdown);
  };
  return (
    <div>
      <button type="button" className="quiet" disabled={pending} onClick={() => void save()}>
        {pending ? 'Writing…' : 'Export postmortem'}
      </button>
      <FaultLine fault={fault} />
    </div>
  );
}

function download(name: string, markdown: string): void {
  const url = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}
