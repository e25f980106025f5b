// Errors that name the thing, the place and the way out, and survive a trip between processes.

/** What kind of thing went wrong; views choose their empty or error state by it. */
export type ErrorCode =
  | 'bad-argument'
  | 'bad-input'
  | 'not-found'
  | 'unsupported'
  | 'busy'
  | 'cancelled'
  | 'disk-full'
  | 'untrusted'
  | 'network'
  | 'no-access'
  | 'internal';

/** An error a user can act on: `message` says what and where, `wayOut` what to do about it. */
export class ClozeError extends Error {
  readonly code: ErrorCode;
  readonly wayOut: string | undefined;

  constructor(code: ErrorCode, message: string, wayOut?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClozeError';
    this.code = code;
    this.wayOut = wayOut;
  }
}

/** The one-line form for a terminal or a notification. */
export function describeError(error: unknown): string {
  if (error instanceof ClozeError) return error.wayOut ? `${error.message} ${error.wayOut}` : error.message;
  return error instanceof Error ? error.message : String(error);
}

export function isCancelled(error: unknown): boolean {
  return (
    (error instanceof ClozeError && error.code === 'cancelled') ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

/** The system's error code (`ENOENT`, `ENOSPC`, …) where the error carries one. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
