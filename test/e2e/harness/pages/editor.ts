// Text editors: place the cursor, select, type, the context menu on a selection, decorations.
import type { Locator, Page } from 'playwright-core';
import { chooseFromMenu, menuEntry } from './menu.ts';
import type { Palette } from './palette.ts';

export class Editor {
  /** The first text editor of the page. */
  readonly root: Locator;

  constructor(
    private readonly page: Page,
    private readonly palette: Palette,
  ) {
    this.root = page.locator('.editor-instance .monaco-editor').first();
  }

  tab(name: string | RegExp): Locator {
    return this.page.locator('.part.editor').getByRole('tab', { name });
  }

  /** Puts the cursor there (both counted from 1) and the focus into the editor. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.focus();
    await this.page.keyboard.press('Control+g');
    await this.palette.enter(`${line}:${column}`.replace(/^/, ':'));
    await this.palette.widget.waitFor({ state: 'hidden' });
  }

  /** Selects `length` characters of a line, or the line to its end. */
  async select(line: number, column = 1, length?: number): Promise<void> {
    await this.goTo(line, column);
    if (length === undefined) await this.page.keyboard.press('Shift+End');
    else for (let i = 0; i < length; i++) await this.page.keyboard.press('Shift+ArrowRight');
  }

  async selectAll(): Promise<void> {
    await this.focus();
    await this.page.keyboard.press('Control+a');
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  /** Opens the context menu at the cursor, keeping the selection, and chooses an entry. */
  async menu(entry: string): Promise<void> {
    await this.openMenu();
    await chooseFromMenu(this.page, entry);
  }

  /** Whether the context menu at the cursor offers an entry. */
  async menuOffers(entry: string): Promise<boolean> {
    await this.openMenu();
    const found = (await menuEntry(this.page, entry).count()) > 0;
    await this.page.keyboard.press('Escape');
    return found;
  }

  private async openMenu(): Promise<void> {
    await this.page.keyboard.press('Shift+F10');
    await this.page.getByRole('menuitem').first().waitFor();
  }

  private async focus(): Promise<void> {
    await this.root.locator('.view-lines').waitFor();
    await this.root.locator('textarea, .native-edit-context').first().focus();
  }
}
