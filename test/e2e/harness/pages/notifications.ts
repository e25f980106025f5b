// Notifications and modal dialogs.
import type { Locator, Page } from 'playwright-core';

export class Notifications {
  readonly toasts: Locator;
  /** A modal message, with its buttons. */
  readonly dialog: Locator;

  constructor(page: Page) {
    this.toasts = page.locator('.notifications-toasts .notification-toast');
    this.dialog = page.locator('.monaco-dialog-box');
  }

  toast(text: string | RegExp): Locator {
    return this.toasts.filter({ hasText: text });
  }

  /** Presses a button of the notification that holds `text`. */
  async press(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button }).click();
  }
}
