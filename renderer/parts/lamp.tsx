// A lamp: the colour's shape. Disc clear, triangle caution, square stop, ring dark; two bars for what is paused.
import type { Status } from '../../shared/monitor.ts';
import type { Colour } from '../../shared/snapshot.ts';
import { statusColour } from '../../shared/words.ts';

/** The shape alone, in a box of 16 × 16 around the origin, for use inside other drawings. */
export function LampShape({ colour, hollow = false }: { readonly colour: Colour; readonly hollow?: boolean }) {
  const className = `lamp-shape lamp-${colour}${hollow ? ' lamp-hollow' : ''}`;
  if (colour === 'green') return <circle className={className} r="6.2" />;
  if (colour === 'amber') return <path className={className} d="M0-6 6.6 5.4H-6.6Z" />;
  if (colour === 'red') return <rect className={className} x="-5.6" y="-5.6" width="11.2" height="11.2" rx="1.2" />;
  return <circle className={className} r="4.9" />;
}

/** Decoration beside its word: hidden from screen readers. */
export function Lamp({ colour, size = 14 }: { readonly colour: Colour; readonly size?: number }) {
  return (
    <svg className="lamp" width={size} height={size} viewBox="-8 -8 16 16" aria-hidden="true">
      <LampShape colour={colour} />
    </svg>
  );
}

/** A monitor's lamp: verifying is the hollow triangle, paused two bars. */
export function StatusLamp({ status, size = 14 }: { readonly status: Status; readonly size?: number }) {
  return (
    <svg className="lamp" width={size} height={size} viewBox="-8 -8 16 16" aria-hidden="true">
      {status === 'paused' ? (
        <path className="lamp-shape lamp-paused" d="M-3-5V5M3-5V5" />
      ) : (
        <LampShape colour={statusColour(status)} hollow={status === 'verifying'} />
      )}
    </svg>
  );
}
