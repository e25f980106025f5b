// What is asked of a run: in control.json, or by whoever started it.
import { readControlNow } from '../runs/files.ts';
import type { Request } from '../train/observer.ts';

/** How often control.json is looked for at most. */
const LOOK_MS = 250;

export class Control {
  /** Why the run is no longer this process's: it ends without writing anything more. */
  lost: unknown = null;
  readonly #folder: string;
  readonly #asked: (() => Request | null) | undefined;
  #fromFile: Request | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isOver = false;

  constructor(folder: string, asked: (() => Request | null) | undefined) {
    this.#folder = folder;
    this.#asked = asked;
  }

  /** Looked up at once, so that it is obeyed after this step and not after the next. */
  requested(): Request | null {
    if (this.lost !== null) return 'cancel';
    const now = performance.now();
    if (!this.#isOver && now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      this.#fromFile = readControlNow(this.#folder)?.request ?? this.#fromFile;
    }
    return this.#asked?.() ?? this.#fromFile;
  }

  dispose(): void {
    this.#isOver = true;
  }
}
