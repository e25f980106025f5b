// The masking panel as a person finds it: by roles and names.
import type { Locator } from 'playwright-core';
import type { VSCode } from '../harness/vscode.ts';

export class MaskingPanel {
  readonly #code: VSCode;

  constructor(code: VSCode) {
    this.#code = code;
  }

  get page() {
    return this.#code.webview();
  }

  get grid(): Locator {
    return this.page.getByRole('grid');
  }

  /** The text of every row below the heading, by the row's name. */
  async table(): Promise<Record<string, string[]>> {
    const rows = await this.grid.getByRole('row').all();
    const entries = await Promise.all(
      rows.slice(1).map(async (row) => {
        const name = await row.getByRole('rowheader').innerText();
        return [name, await row.locator('[role=gridcell] .content').allInnerTexts()] as const;
      }),
    );
    return Object.fromEntries(entries);
  }

  /** A cell by the name of its row and its position. */
  cell(row: string, position: number): Locator {
    const rowOf = this.grid
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: row, exact: true }) });
    return rowOf.locator(`[data-column="${position}"]`);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** An argument's field, by its Hugging Face name. */
  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }
}
