// Notifications and modal dialogs.
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';

/** A notification that has not popped up within this many milliseconds is looked for under the bell. */
const STEP = 2000;

export class Notifications {
  /** Those that popped up, and those in the list under the status bar's bell. */
  readonly items: Locator;
  /** A modal message, with its buttons. */
  readonly dialog: Locator;
  private readonly bell: Locator;

  constructor(page: Page) {
    this.items = page.locator(':is(.notification-toast, .notifications-center) .notification-list-item:visible');
    this.dialog = page.locator('.monaco-dialog-box');
    this.bell = page.locator('[id="status.notifications"] [role="button"]');
  }

  /**
   * The notification that holds `text`, once it is there. VS Code lets no more than three pop up within 0.8 seconds
   * and puts the others under the bell at once: then that list is opened.
   */
  async wait(text: string | RegExp): Promise<Locator> {
    const item = this.items.filter({ hasText: text }).first();
    await eventually(async () => {
      const isUp = await item.waitFor({ timeout: STEP }).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await this.bell.click({ timeout: STEP });
      await item.waitFor({ timeout: STEP });
    });
    return item;
  }

  /** How many hold `text` and are in sight now. */
  count(text: string | RegExp): Promise<number> {
    return this.items.filter({ hasText: text }).count();
  }

  /** Presses a button of the notification that holds `text`. */
  async press(text: string | RegExp, button: string): Promise<void> {
    const item = await this.wait(text);
    await item.hover();
    await item.getByRole('button', { name: button }).click();
  }
}
