// The Output panel.
import type { Page } from 'playwright-core';
import { eventually } from '../eventually.ts';
import type { Palette } from './palette.ts';

export class OutputPanel {
  constructor(
    private readonly page: Page,
    private readonly palette: Palette,
  ) {}

  /** The list does not refresh itself when an extension makes its channel late: asked again until it is there. */
  async show(channel: string): Promise<void> {
    await eventually(async () => {
      await this.palette.run('Output: Show Output Channels...');
      await this.palette.row(channel).click({ timeout: 2000 });
    });
  }

  /** The lines on screen. */
  async text(): Promise<string> {
    const lines = await this.page.locator('.part.panel .view-line').allTextContents();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }
}
