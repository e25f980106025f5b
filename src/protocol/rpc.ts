// One typed request/answer protocol for every boundary: host and engine, host and page.
// Errors travel as values; a request can report progress and be cancelled.

/** What one side can ask of the other: method name to parameters, result and (optionally) progress. */
export type Contract = Record<string, { params: unknown; result: unknown; progress?: unknown }>;

/** What one side tells the other unasked: event name to payload. */
export type Events = Record<string, unknown>;

/** Either end of a message channel: a child process, a webview, `acquireVsCodeApi()`. */
export interface Port {
  post(message: unknown): void;
  /** Calls `receive` for each message until the returned function is called. */
  listen(receive: (message: unknown) => void): () => void;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly wayOut?: string | undefined;
}

/** The error that a failed call rejects with on the asking side. */
export class RemoteError extends Error implements WireError {
  readonly code: string;
  readonly wayOut: string | undefined;
  constructor(error: WireError) {
    super(error.message);
    this.name = 'RemoteError';
    this.code = error.code;
    this.wayOut = error.wayOut;
  }
}

type Message =
  | { kind: 'call'; id: number; method: string; params: unknown }
  | { kind: 'cancel'; id: number }
  | { kind: 'progress'; id: number; value: unknown }
  | { kind: 'ok'; id: number; ok: unknown }
  | { kind: 'err'; id: number; err: WireError }
  | { kind: 'event'; event: string; payload: unknown };

export interface CallOptions<P> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((value: P) => void) | undefined;
}

type ProgressOf<M> = M extends { progress: infer P } ? P : never;

export interface Client<C extends Contract, E extends Events> {
  call<K extends keyof C & string>(
    method: K,
    params: C[K]['params'],
    options?: CallOptions<ProgressOf<C[K]>>,
  ): Promise<C[K]['result']>;
  on<K extends keyof E & string>(event: K, receive: (payload: E[K]) => void): () => void;
  /** Rejects every call that is still open and every later one: the other side is gone. */
  close(reason: WireError): void;
}

/** The asking end of `port`. */
export function createClient<C extends Contract, E extends Events = Record<never, never>>(port: Port): Client<C, E> {
  interface Pending {
    resolve(value: unknown): void;
    reject(error: Error): void;
    onProgress: ((value: never) => void) | undefined;
  }
  const pending = new Map<number, Pending>();
  const receivers = new Map<string, Set<(payload: never) => void>>();
  let lastId = 0;
  let closed: WireError | undefined;
  const stop = port.listen((raw) => {
    const message = raw as Message;
    if (message?.kind === 'event') {
      for (const receive of receivers.get(message.event) ?? []) receive(message.payload as never);
    } else if (message?.kind === 'progress') {
      pending.get(message.id)?.onProgress?.(message.value as never);
    } else if (message?.kind === 'ok') {
      pending.get(message.id)?.resolve(message.ok);
      pending.delete(message.id);
    } else if (message?.kind === 'err') {
      pending.get(message.id)?.reject(new RemoteError(message.err));
      pending.delete(message.id);
    }
  });
  return {
    call(method, params, options) {
      if (closed) return Promise.reject(new RemoteError(closed));
      if (options?.signal?.aborted) {
        return Promise.reject(new RemoteError({ code: 'cancelled', message: 'Cancelled.' }));
      }
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        // Settled here and now: the answer may be on its way already, and is then ignored.
        const cancel = () => {
          pending.delete(id);
          port.post({ kind: 'cancel', id } satisfies Message);
          reject(new RemoteError({ code: 'cancelled', message: 'Cancelled.' }));
        };
        options?.signal?.addEventListener('abort', cancel, { once: true });
        const done = () => options?.signal?.removeEventListener('abort', cancel);
        pending.set(id, {
          resolve: (value) => {
            done();
            resolve(value as never);
          },
          reject: (error) => {
            done();
            reject(error);
          },
          onProgress: options?.onProgress,
        });
        port.post({ kind: 'call', id, method, params } satisfies Message);
      });
    },
    on(event, receive) {
      const set = receivers.get(event) ?? new Set();
      receivers.set(event, set);
      set.add(receive);
      return () => set.delete(receive);
    },
    close(reason) {
      closed = reason;
      stop();
      for (const call of pending.values()) call.reject(new RemoteError(reason));
      pending.clear();
    },
  };
}

export interface CallContext<P> {
  readonly signal: AbortSignal;
  progress(value: P): void;
}

export type Handlers<C extends Contract> = {
  [K in keyof C]: (
    params: C[K]['params'],
    context: CallContext<ProgressOf<C[K]>>,
  ) => C[K]['result'] | Promise<C[K]['result']>;
};

export interface Server<E extends Events> {
  emit<K extends keyof E & string>(event: K, payload: E[K]): void;
  close(): void;
}

/** The answering end of `port`. `onError` sees every failure before it is sent (for the log). */
export function serve<C extends Contract, E extends Events = Record<never, never>>(
  port: Port,
  handlers: Handlers<C>,
  onError?: (method: string, error: unknown) => void,
): Server<E> {
  const running = new Map<number, AbortController>();
  const stop = port.listen(async (raw) => {
    const message = raw as Message;
    if (message?.kind === 'cancel') running.get(message.id)?.abort();
    if (message?.kind !== 'call') return;
    const { id, method, params } = message;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = Object.hasOwn(handlers, method) ? handlers[method as keyof C] : undefined;
      if (!handler) throw Object.assign(new Error(`Unknown request "${method}".`), { code: 'internal' });
      const ok = await handler(params as never, {
        signal: controller.signal,
        progress: (value: unknown) => port.post({ kind: 'progress', id, value } satisfies Message),
      });
      port.post({ kind: 'ok', id, ok } satisfies Message);
    } catch (error) {
      onError?.(method, error);
      port.post({ kind: 'err', id, err: toWireError(error) } satisfies Message);
    } finally {
      running.delete(id);
    }
  });
  return {
    emit: (event, payload) => port.post({ kind: 'event', event, payload } satisfies Message),
    close: () => {
      stop();
      for (const controller of running.values()) controller.abort();
    },
  };
}

/** An error as data: message, code and way out; never a stack, which may hold paths and secrets. */
export function toWireError(error: unknown): WireError {
  const known = error as Partial<WireError> & { name?: string };
  if (known?.name === 'AbortError') return { code: 'cancelled', message: 'Cancelled.' };
  const message = typeof known?.message === 'string' ? known.message : String(error);
  const code = typeof known?.code === 'string' ? known.code : 'internal';
  return typeof known?.wayOut === 'string' ? { code, message, wayOut: known.wayOut } : { code, message };
}

/** Whether a call failed only because it was cancelled, whichever process said so. */
export function isCancelledError(error: unknown): boolean {
  return toWireError(error).code === 'cancelled';
}
