// Looks at data files while their paths are typed: the last question counts, and each is asked once.
import type { DataPeek } from '../../src/protocol/training-page.ts';

/** Long enough to type on. Milliseconds. */
const TYPING_DELAY = 300;

type Ask = (path: string, column: string, signal: AbortSignal) => Promise<DataPeek>;

export class Peek {
  readonly #ask: Ask;
  readonly #changed: () => void;
  #key = '';
  #timer: number | undefined;
  #running: AbortController | undefined;
  result: DataPeek | null = null;
  waiting = false;

  constructor(ask: Ask, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** Shows what lies at `path`; an empty path shows nothing. */
  look(path: string, column: string): void {
    const key = JSON.stringify([path, column]);
    if (key === this.#key) return;
    const sameFile = JSON.parse(this.#key || '[""]')[0] === path;
    this.#key = key;
    this.#running?.abort();
    window.clearTimeout(this.#timer);
    if (!sameFile) this.result = null;
    this.waiting = path !== '';
    if (path !== '') this.#timer = window.setTimeout(() => void this.#look(path, column), TYPING_DELAY);
  }

  async #look(path: string, column: string): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const result = await this.#ask(path, column, running.signal).catch(() => null);
    if (this.#running !== running || running.signal.aborted) return;
    this.result = result;
    this.waiting = false;
    this.#changed();
  }
}
