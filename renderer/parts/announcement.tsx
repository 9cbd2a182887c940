// Words for screen readers alone.
import { useEffect, useState } from 'react';

/** Speaks when its text changes: put nothing into it that ticks. */
export function Announcement({ text }: { readonly text: string }) {
  const [spoken, setSpoken] = useState('');
  useEffect(() => setSpoken(text), [text]);
  return (
    <p className="unseen" role="status">
      {spoken}
    </p>
  );
}
