/** Coverage as it changes: server-sent events, asked again whenever the stream ends. */
import type { Coverage } from './types';
import { address } from './seam';

export function listen(tell: (now: Coverage) => void, lost: (is: boolean) => void): () => void {
  const stream = new EventSource(address('/api/coverage/live'));
  let late: ReturnType<typeof setTimeout> | undefined;
  stream.addEventListener('coverage', (event) => {
    clearTimeout(late);
    lost(false);
    tell(JSON.parse((event as MessageEvent<string>).data) as Coverage);
  });
  stream.onopen = () => {
    clearTimeout(late);
    lost(false);
  };
  // A stream ends every twenty seconds and comes back: only a longer silence is worth a word.
  stream.onerror = () => {
    clearTimeout(late);
    late = setTimeout(() => lost(true), 5000);
    if (stream.readyState === EventSource.CLOSED) lost(true);
  };
  return () => {
    clearTimeout(late);
    stream.close();
  };
}
