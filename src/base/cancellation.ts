// Cancellation is the platform's AbortSignal; these helpers make long loops obey it.
import { ClozeError } from './errors.ts';

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ClozeError('cancelled', 'Cancelled.');
}

/** Lets the event loop turn, so that messages (a cancel among them) are read between batches. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  throwIfCancelled(signal);
}
