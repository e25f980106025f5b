// The masking panel as a person finds it: by roles and names.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import type { VSCode } from '../harness/vscode.ts';

export class MaskingPanel {
  readonly #code: VSCode;

  constructor(code: VSCode) {
    this.#code = code;
  }

  get page(): FrameLocator {
    return this.#code.webview();
  }

  get grid(): Locator {
    return this.page.getByRole('grid');
  }

  /** The text of every row below the heading, by the row's name. */
  async table(): Promise<Record<string, string[]>> {
    // read at once: rows come and go
    const entries = await this.grid.getByRole('row').evaluateAll((rows: HTMLElement[]) =>
      rows.slice(1).map((row) => {
        const cells = row.querySelectorAll<HTMLElement>('[role=gridcell] .content');
        const name = row.querySelector<HTMLElement>('[role=rowheader]')?.innerText ?? '';
        return [name, Array.from(cells, (cell) => cell.innerText)] as const;
      }),
    );
    return Object.fromEntries(entries);
  }

  /** Waits until the first row holds these tokens. */
  async shows(tokens: readonly string[]): Promise<void> {
    await eventually(async () => assert.deepEqual(Object.values(await this.table())[0], tokens));
  }

  /** Number and fate of each column, as one text. */
  async headings(): Promise<string[]> {
    const cells = await this.grid.getByRole('columnheader').allTextContents();
    return cells.slice(1);
  }

  /** A cell by the name of its row and its position. */
  cell(row: string, position: number): Locator {
    const header = this.page.getByRole('rowheader', { name: row, exact: true });
    return this.grid.getByRole('row').filter({ has: header }).locator(`[data-column="${position}"]`);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** An argument's field, by its Hugging Face name. */
  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  /** Waits for the state with this title; resolves to all it says. */
  async state(title: string): Promise<string> {
    const state = this.page.locator('.empty-state').filter({ has: this.page.getByRole('heading', { name: title }) });
    return state.innerText();
  }

  /** Chooses a model folder through Browse…, as VS Code's own dialog asks for it. */
  async browse(folder: string): Promise<void> {
    await this.button('Browse…').click();
    const { palette, page } = this.#code;
    // the dialog reads folders before it knows what Enter means, and puts the name of the first one over what was typed
    await eventually(async () => {
      await palette.input.fill(folder);
      await palette.rows
        .filter({ hasText: path.basename(folder) })
        .first()
        .waitFor({ timeout: 2000 });
    });
    await page.keyboard.press('Enter');
    await palette.widget.waitFor({ state: 'hidden' });
  }

  chosenModel(): Promise<string | null> {
    return this.page.getByRole('combobox', { name: 'model', exact: true }).locator('[part=selected-value]').innerText();
  }

  summary(): Promise<string> {
    return this.page.locator('.summary').innerText();
  }

  sourceLabel(): Promise<string> {
    return this.page.locator('.title-bar a').innerText();
  }

  details(): Promise<string> {
    return this.page.getByRole('region', { name: 'Token in focus' }).innerText();
  }

  /** What the focused cell says, to a screen reader too. */
  focusedCell(): Promise<string | null> {
    return this.page.locator('[data-column]:focus').textContent({ timeout: 1000 });
  }

  /** The original tokens of the columns that the editor's cursor marks. */
  async markedColumns(): Promise<string[]> {
    const band = await this.page.locator('.band.marked').boundingBox({ timeout: 1000 });
    assert.ok(band);
    const cells = await this.grid.getByRole('row').nth(1).locator('[data-column]').all();
    const boxes = await Promise.all(
      cells.map(async (cell) => [await cell.innerText(), await cell.boundingBox()] as const),
    );
    return boxes
      .filter(([, box]) => box && box.x + 1 >= band.x && box.x + box.width - 1 <= band.x + band.width)
      .map(([text]) => text);
  }

  /** The text of the editor that lies under the panel's mark; empty when nothing is marked. */
  async highlighted(): Promise<string> {
    const mark = this.#code.editor.root.locator('.view-overlays [class*="ced-"]').first();
    if ((await mark.count()) === 0) return '';
    const box = await mark.boundingBox();
    assert.ok(box);
    return this.#code.page.evaluate(({ x, y, width, height }) => {
      const middle = y + height / 2;
      const from = document.caretRangeFromPoint(x + 1, middle);
      const to = document.caretRangeFromPoint(x + width - 1, middle);
      if (!from || !to) return '';
      const range = document.createRange();
      range.setStart(from.startContainer, from.startOffset);
      range.setEnd(to.startContainer, to.startOffset);
      return range.toString();
    }, box);
  }
}
