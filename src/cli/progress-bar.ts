// One line at the bottom of a terminal that is rewritten; elsewhere a line for every tenth of the way.

export class ProgressBar {
  readonly #out: NodeJS.WriteStream;
  #shown = '';
  #drawnAt = 0;
  #tenth = 0;
  readonly #startedAt = performance.now();

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** `share` from 0 to 1. Draws at most ten times a second. */
  show(share: number, text: string): void {
    const cells = 24;
    const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
    const line = `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${text}`;
    if (!this.#out.isTTY) {
      this.#print(share, line);
      return;
    }
    if (performance.now() - this.#drawnAt < 100) return;
    this.#drawnAt = performance.now();
    this.#draw(line.slice(0, Math.max(0, (this.#out.columns ?? 80) - 1)));
  }

  /** Takes the bar away, so that a line can be printed. */
  clear(): void {
    this.#draw('');
  }

  /** In a log: a line when another tenth is done. What is over within seconds stays silent. */
  #print(share: number, line: string): void {
    const tenth = Math.floor(share * 10);
    if (tenth === this.#tenth || performance.now() - this.#startedAt < 3000) return;
    this.#tenth = tenth;
    this.#out.write(`${line}\n`);
  }

  #draw(line: string): void {
    if (!this.#out.isTTY || (line === '' && this.#shown === '')) return;
    this.#out.write(`\r\x1b[2K${line}`);
    this.#shown = line;
  }
}
