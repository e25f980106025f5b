// progress.json: where a run stands, at most once a second.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgressFile } from '../protocol/runs.ts';
import { PROGRESS_FILE } from '../runs/files.ts';
import type { Progress } from '../train/observer.ts';

const EVERY_MS = 1000;

export class ProgressWriter {
  readonly #path: string;
  readonly #listener: ((progress: Progress) => void) | undefined;
  #last: Progress | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, listener: ((progress: Progress) => void) | undefined) {
    this.#path = join(folder, PROGRESS_FILE);
    this.#listener = listener;
  }

  tell(progress: Progress): void {
    this.#last = progress;
    this.#listener?.(progress);
    const wait = this.#writtenAt + EVERY_MS - performance.now();
    if (wait <= 0) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), wait);
  }

  /** The run has come to its end. */
  finish(): void {
    if (this.#last) this.#last = { ...this.#last, phase: 'done', secondsLeft: null };
    this.#write();
  }

  /** At once, as a step may block the event loop for long; not flushed: after a crash the log history counts. */
  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#last) return;
    this.#writtenAt = performance.now();
    const file: ProgressFile = { ...this.#last, updated: new Date().toISOString() };
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, `${JSON.stringify(file)}\n`);
      renameSync(temporary, this.#path);
    } catch {
      // a view that misses one second is no reason to end a run
      rmSync(temporary, { force: true });
    }
  }
}
