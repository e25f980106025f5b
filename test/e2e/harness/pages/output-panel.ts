// The Output panel.
import type { Page } from 'playwright-core';
import type { Palette } from './palette.ts';

export class OutputPanel {
  constructor(
    private readonly page: Page,
    private readonly palette: Palette,
  ) {}

  async show(channel: string): Promise<void> {
    await this.palette.run('Output: Show Output Channels...');
    await this.palette.pick(channel);
  }

  /** The lines on screen. */
  async text(): Promise<string> {
    const lines = await this.page.locator('.part.panel .view-line').allTextContents();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }
}
