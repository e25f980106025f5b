// The model panel as a person finds it: by roles and names, and by what it says.
import type { FrameLocator, Locator } from 'playwright-core';
import type { VSCode } from '../harness/vscode.ts';

export class ModelPanel {
  readonly #code: VSCode;

  constructor(code: VSCode) {
    this.#code = code;
  }

  get page(): FrameLocator {
    return this.#code.webview();
  }

  get tensors(): Locator {
    return this.page.getByRole('grid', { name: 'Tensors', exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name });
  }

  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true });
  }

  /** The texts of a column, of the rows that are drawn. */
  async column(name: string, table = this.tensors): Promise<string[]> {
    const heads = await table.locator('thead th').allInnerTexts();
    const place = heads.findIndex((text) => text.trim() === name) + 1;
    if (place === 0) return [];
    return table.locator(`tbody tr:not(.space) td:nth-child(${place})`).allInnerTexts();
  }

  /** The value below a name in the header. */
  fact(name: string): Promise<string> {
    return this.page.locator('.facts div', { hasText: name }).locator('dd').innerText({ timeout: 1000 });
  }
}
