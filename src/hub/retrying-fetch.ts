// fetch for uploads: tries again when the network or the server fails for a moment, and counts what was sent.
import { putFile } from './put-file.ts';

export interface RetryingOptions {
  /** Milliseconds before the first try again; each further one takes twice as long. */
  readonly firstWait: number;
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
  /** `seconds` until the next try. */
  onRetry(why: string, seconds: number): void;
  /** Bytes of a file that are sent, from its start. */
  onSent(file: string, bytes: number): void;
}

/** Answers that may be others a moment later. */
const PASSING: readonly number[] = [408, 429, 500, 502, 503, 504];

/** Retry-After is obeyed up to this many milliseconds. */
const LONGEST_WAIT = 60_000;

export function retryingFetch(options: RetryingOptions): typeof fetch {
  return async (input, init) => {
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt === options.retries;
      let why: string;
      let wait = options.firstWait * 2 ** attempt;
      try {
        const answer = await send(input, init, options);
        if (isLast || !PASSING.includes(answer.status)) return answer;
        why = `HTTP ${answer.status}`;
        const asked = Number(answer.headers.get('Retry-After') ?? Number.NaN) * 1000;
        if (asked > 0) wait = Math.max(wait, asked);
        await answer.body?.cancel();
      } catch (error) {
        // a TypeError is how fetch says that the network failed
        if (isLast || options.signal?.aborted || init?.signal?.aborted || !(error instanceof TypeError)) throw error;
        why = networkReason(error);
      }
      wait = Math.min(wait, LONGEST_WAIT);
      options.onRetry(why, wait / 1000);
      await delay(wait, signalOf(init, options));
    }
  };
}

/** What the system says of a failed connection, such as ECONNREFUSED. */
export function networkReason(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown; message?: unknown } }).cause;
  return String(cause?.code ?? cause?.message ?? 'no connection');
}

function signalOf(init: RequestInit | undefined, { signal }: RetryingOptions): AbortSignal | null {
  const signals = [init?.signal, signal].filter((one) => one instanceof AbortSignal);
  return signals.length === 0 ? null : AbortSignal.any(signals);
}

/** Files go another way than the rest. The library hints in its options which file, or part of one, a body is. */
function send(input: Parameters<typeof fetch>[0], init: RequestInit | undefined, options: RetryingOptions) {
  const signal = signalOf(init, options);
  const hint = (init as { progressHint?: { path?: string; part?: number } } | undefined)?.progressHint;
  if (init?.method !== 'PUT' || !(init.body instanceof Blob) || typeof input !== 'string') {
    return fetch(input, { ...init, signal });
  }
  const name = `${hint?.path ?? ''}${hint?.part === undefined ? '' : `#${hint.part}`}`;
  return putFile(input, init.body, { headers: init.headers, signal, onSent: (bytes) => options.onSent(name, bytes) });
}

function delay(milliseconds: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
