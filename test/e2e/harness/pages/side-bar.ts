// The activity bar and the tree views of the side bar.
import type { Locator, Page } from 'playwright-core';
import { chooseFromMenu } from './menu.ts';

export class SideBar {
  readonly root: Locator;

  constructor(private readonly page: Page) {
    this.root = page.locator('.part.sidebar');
  }

  /** Shows a view container, for example `Cloze`. */
  async show(container: string): Promise<void> {
    const tab = this.container(container);
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }

  /** The container's icon; its name ends with the badge's text while there is one. */
  container(name: string): Locator {
    return this.page.locator('.part.activitybar').getByRole('tab', { name: new RegExp(`^${name}`) });
  }

  /** A tree item, by a part of its accessible name. */
  item(name: string | RegExp): Locator {
    return this.root.getByRole('treeitem', { name });
  }

  /** An action in the row of a tree item (shown while the pointer is over it). */
  async act(item: Locator, action: string): Promise<void> {
    await item.hover();
    await item.getByRole('button', { name: action }).click();
  }

  async menu(item: Locator, entry: string): Promise<void> {
    await item.click({ button: 'right' });
    await chooseFromMenu(this.page, entry);
  }
}
