// A failure in place: what happened and what to do next.
import type { Fault } from '../../shared/ipc.ts';

export function FaultLine({ fault }: { readonly fault: Fault | null }) {
  return (
    <p className="fault" role="alert">
      {fault && `${fault.message} ${fault.next}`}
    </p>
  );
}
