// The loss chart as a person finds it: by roles and names, and by what it says.
import type { FrameLocator, Locator } from 'playwright-core';
import type { VSCode } from '../harness/vscode.ts';

export class LossChart {
  readonly #code: VSCode;

  constructor(code: VSCode) {
    this.#code = code;
  }

  get page(): FrameLocator {
    return this.#code.webview();
  }

  get chart(): Locator {
    return this.page.getByRole('application', { name: /^Loss chart/ });
  }

  /** The whole chart in a sentence, as a screen reader says it. */
  async summary(): Promise<string> {
    return (await this.chart.getAttribute('aria-label', { timeout: 1000 })) ?? '';
  }

  /** How the run stands. */
  status(): Promise<string> {
    return this.page.locator('.status').innerText({ timeout: 1000 });
  }

  /** What was said last about the point under the keyboard's cursor. */
  spoken(): Promise<string> {
    return this.page.locator('[aria-live=polite]').innerText({ timeout: 1000 });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** The cells of a column of the log history, of the rows that are drawn; empty ones left out. */
  async column(name: string): Promise<string[]> {
    const heads = await this.page.locator('.log-table thead th').allInnerTexts();
    const place = heads.indexOf(name) + 1;
    if (place === 0) return [];
    const cells = await this.page.locator(`.log-table tbody tr:not(.space) td:nth-child(${place})`).allInnerTexts();
    return cells.filter((text) => text !== '');
  }

  /** Scrolls the log history to its first entry. */
  async scrollToFirst(): Promise<void> {
    await this.page.locator('.log-table').evaluate((box) => box.scrollTo({ top: 0 }), undefined, { timeout: 1000 });
  }

  /** How many pixels of the plot are not background: something is drawn. */
  inked(): Promise<number> {
    return this.page.locator('.plot canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
        0,
        0,
        canvas.width,
        canvas.height,
      );
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 0) count++;
      return count;
    });
  }
}
