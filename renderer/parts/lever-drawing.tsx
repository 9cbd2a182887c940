// A lever as it stands in a signal box's frame: leaning away is normal, pulled is reversed. Colours are the frame's own:
// yellow for what warns, black for points, blue for what locks; a lever without a use is white.
import type { LeverName, Stance } from '../lever-model.ts';

export function LeverDrawing({ name, stance }: { readonly name: LeverName; readonly stance: Stance }) {
  return (
    <svg className="lever-drawing" data-lever={name} data-stance={stance} viewBox="-28 -48 56 76" aria-hidden="true">
      <path className="lever-shoe" d="M-20 15Q0 3 20 15V19H-20Z" />
      <g className="lever-arm">
        <path className="lever-catch" d="M4.6-19V-33.5L6.4-36.5" />
        <path className="lever-shaft" d="M-3.4 16-2.8-21H2.8L3.4 16Z" />
        <path className="lever-handle" d="M-1.9-21V-43.2A1.9 1.9 0 0 1 1.9-43.2V-21Z" />
        <rect className="lever-collar" x="-4.2" y="-22.5" width="8.4" height="3.6" rx="1.2" />
      </g>
      <rect className="lever-floor" x="-26" y="14" width="52" height="11" rx="3.5" />
      <path className="lever-slot" d="M-15 19.5H15" />
    </svg>
  );
}
