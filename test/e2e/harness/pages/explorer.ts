// The file explorer.
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';
import { chooseFromMenu } from './menu.ts';

/** A menu that does not hold the entry within this many milliseconds is opened again. */
const STEP = 3000;

export class Explorer {
  constructor(private readonly page: Page) {}

  item(name: string): Locator {
    return this.page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
  }

  /** Opens a file that the tree shows, and keeps it open (a double click). */
  async open(name: string): Promise<void> {
    await this.show();
    await this.item(name).dblclick();
    await this.page
      .getByRole('tab', { name: new RegExp(`^${name.replace(/[.+]/g, '\\$&')}`) })
      .first()
      .waitFor();
  }

  /** Chooses an entry of the file's context menu. */
  async menu(name: string, entry: string): Promise<void> {
    await this.show();
    // a window that has just opened does not know its extensions' entries yet
    await eventually(async () => {
      await this.page.keyboard.press('Escape');
      await this.item(name).click({ button: 'right' });
      await chooseFromMenu(this.page, entry, STEP);
    });
  }

  private async show(): Promise<void> {
    const tab = this.page.locator('.part.activitybar').getByRole('tab', { name: /^Explorer/ });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }
}
