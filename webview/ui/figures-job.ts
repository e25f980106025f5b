// Figures that are computed in the background: asked for once, with progress, a way to stop, and their error.
import { isCancelledError, toWireError, type WireError } from '../../src/protocol/rpc.ts';

export interface Progressing {
  readonly share: number | null;
  readonly doing: string;
}

export class FiguresJob<T> {
  value: T | null = null;
  error: WireError | null = null;
  progress: Progressing | null = null;
  /** It was stopped before it had ended. */
  stopped = false;
  #key: string | null = null;
  #controller: AbortController | undefined;

  constructor(private readonly changed: () => void) {}

  /** Starts `work` unless it was done for `key` already. `partial`: figures to show meanwhile. */
  ensure(
    key: string,
    work: (how: { signal: AbortSignal; onProgress: (progress: Progressing, partial?: T) => void }) => Promise<T>,
  ): void {
    if (key === this.#key) return;
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#key = key;
    this.value = null;
    this.error = null;
    this.stopped = false;
    this.progress = { share: null, doing: 'Starting' };
    const { signal } = controller;
    const isCurrent = () => this.#controller === controller;
    const onProgress = (progress: Progressing, partial?: T) => {
      if (!isCurrent()) return;
      this.progress = progress;
      if (partial !== undefined) this.value = partial;
      this.changed();
    };
    work({ signal, onProgress }).then(
      (value) => {
        if (!isCurrent()) return;
        this.value = value;
        this.progress = null;
        this.changed();
      },
      (error) => {
        if (!isCurrent()) return;
        this.progress = null;
        if (isCancelledError(error)) this.stopped = true;
        else this.error = toWireError(error);
        this.changed();
      },
    );
  }

  /** Ends it; figures that came meanwhile stay. */
  stop(): void {
    this.#controller?.abort();
  }

  again(): void {
    this.#key = null;
    this.changed();
  }
}
