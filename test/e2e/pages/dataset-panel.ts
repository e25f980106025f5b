// The Data Set panel as a person finds it: by roles and names.
import type { FrameLocator, Locator } from 'playwright-core';
import { until } from '../harness/eventually.ts';
import type { VSCode } from '../harness/vscode.ts';

export class DatasetPanel {
  constructor(private readonly code: VSCode) {}

  get page(): FrameLocator {
    return this.code.webview();
  }

  get grid(): Locator {
    return this.page.getByRole('grid', { name: 'Rows' });
  }

  /** The columns' headers, without that of the row numbers. */
  get heads(): Locator {
    return this.grid.getByRole('columnheader').filter({ has: this.page.locator('.head') });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  async tab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
  }

  /** Size and number of rows, as the header says. */
  facts(): Promise<string> {
    return this.page.locator('.facts').innerText();
  }

  /** Waits until all rows are at hand. */
  async ready(facts: RegExp): Promise<void> {
    await until(async () => facts.test(await this.facts()), `the header to say ${facts}`);
    await this.grid.waitFor();
  }

  /** The rows in sight: number, then cells. Read at once: they come and go. */
  rows(): Promise<string[][]> {
    return this.grid
      .locator('tbody tr')
      .evaluateAll((rows: HTMLElement[]) =>
        rows.map((row) => Array.from(row.querySelectorAll<HTMLElement>('th, td'), (cell) => cell.innerText)),
      );
  }

  /** The numbers of the first rows in sight. */
  async numbers(count: number): Promise<string[]> {
    return (await this.rows()).slice(0, count).map(([number]) => number ?? '');
  }
}
