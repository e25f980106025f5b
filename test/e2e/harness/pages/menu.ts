// The open context menu.
import type { Locator, Page } from 'playwright-core';
import { eventually, TIMEOUT } from '../eventually.ts';

/** The entry with this label; its accessible name goes on with its key, where it has one. */
export function menuEntry(page: Page, name: string): Locator {
  const label = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return page.getByRole('menuitem', { name: new RegExp(`^${label}( (Ctrl|Shift|Alt|Meta|F\\d).*)?$`) });
}

/** Chooses an entry, which is there within `timeout` milliseconds. A menu ignores the mouse for a moment after it opens, so the click repeats until the menu is gone. */
export async function chooseFromMenu(page: Page, name: string, timeout = TIMEOUT): Promise<void> {
  const entry = menuEntry(page, name);
  await entry.waitFor({ timeout });
  await eventually(async () => {
    if ((await entry.count()) > 0) await entry.click({ timeout: 2000 });
    await entry.waitFor({ state: 'detached', timeout: 500 });
  });
}
