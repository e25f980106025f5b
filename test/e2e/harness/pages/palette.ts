// The command palette and every other quick input: picks, input boxes, the simple file dialog.
import type { Locator, Page } from 'playwright-core';
import { eventually, until } from '../eventually.ts';

/** A step that does not succeed within this many milliseconds is tried again from the start. */
const STEP = 2000;

export class Palette {
  readonly widget: Locator;
  readonly input: Locator;
  readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget:visible');
    this.input = this.widget.locator('.quick-input-filter input[type="text"], .quick-input-box input').first();
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Runs the command with this very title, for example `Cloze: Inspect Masking`. */
  async run(title: string): Promise<void> {
    await eventually(async () => {
      await this.search(title);
      await this.row(title).click({ timeout: STEP });
    });
  }

  /** Opens the palette with the command's row in it. */
  async show(title: string): Promise<void> {
    await eventually(() => this.search(title));
  }

  /** The list does not refresh itself when an extension registers late, and a page that loads takes the focus: callers repeat. */
  private async search(title: string): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('F1');
    await this.input.fill(`>${title}`, { timeout: STEP });
    await this.row(title).waitFor({ timeout: STEP });
  }

  /** Whether the palette offers the command; looked at once, after the list has settled. */
  async offers(title: string): Promise<boolean> {
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('F1');
    await this.input.fill(`>${title}`);
    await this.rows.first().waitFor();
    const found = (await this.row(title).count()) > 0;
    await this.page.keyboard.press('Escape');
    return found;
  }

  /** The row whose label is exactly `label`. */
  row(label: string): Locator {
    const name = this.page.locator('.label-name', { hasText: new RegExp(`^${quoted(label)}$`) });
    return this.rows.filter({ has: name }).first();
  }

  /** Picks an entry of the open quick pick. */
  async pick(label: string): Promise<void> {
    await this.row(label).click();
  }

  /** Fills the open input box or file dialog and accepts it. */
  async enter(text: string): Promise<void> {
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Names a file in the open file dialog, which looks at the disk while one types, and closes it. */
  async choosePath(path: string): Promise<void> {
    await this.#settled();
    await this.input.fill(path);
    await this.#settled();
    await this.page.keyboard.press('Enter');
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** Until the dialog has stopped changing what stands in its box: before that it takes no Enter. */
  async #settled(): Promise<void> {
    let before: string | undefined;
    await until(async () => {
      const was = before;
      before = await this.input.inputValue({ timeout: STEP });
      await this.page.waitForTimeout(300);
      return was !== undefined && was === before && before === (await this.input.inputValue({ timeout: STEP }));
    }, 'the file dialog to settle');
  }

  async dismiss(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.widget.waitFor({ state: 'detached' }).catch(() => undefined);
  }
}

const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
