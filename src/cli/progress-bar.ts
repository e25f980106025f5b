// One line at the bottom of a terminal that is rewritten; nothing where the output is no terminal.

export class ProgressBar {
  readonly #out: NodeJS.WriteStream;
  #shown = '';
  #drawnAt = 0;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** `share` from 0 to 1. Draws at most ten times a second. */
  show(share: number, text: string): void {
    if (!this.#out.isTTY || performance.now() - this.#drawnAt < 100) return;
    this.#drawnAt = performance.now();
    const cells = 24;
    const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
    const bar = '█'.repeat(full) + '░'.repeat(cells - full);
    this.#draw(`${bar} ${text}`.slice(0, Math.max(0, (this.#out.columns ?? 80) - 1)));
  }

  /** Takes the bar away, so that a line can be printed. */
  clear(): void {
    this.#draw('');
  }

  #draw(line: string): void {
    if (!this.#out.isTTY || (line === '' && this.#shown === '')) return;
    this.#out.write(`\r\x1b[2K${line}`);
    this.#shown = line;
  }
}
