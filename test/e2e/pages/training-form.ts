// The fine-tuning form as a person finds it.
import type { FrameLocator, Locator } from 'playwright-core';
import type { VSCode } from '../harness/vscode.ts';

export class TrainingForm {
  readonly #code: VSCode;

  constructor(code: VSCode) {
    this.#code = code;
  }

  get page(): FrameLocator {
    return this.#code.webview();
  }

  /** An argument's field, by its Hugging Face name. */
  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Types values into arguments, whichever group hides them. */
  async fill(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      await this.search(name);
      await this.field(name).fill(value);
    }
    await this.search('');
  }

  search(words: string): Promise<void> {
    return this.field('Search arguments').fill(words);
  }

  /** The names of the arguments in sight that take text. */
  async names(): Promise<string[]> {
    const fields = await this.page
      .locator('.setting')
      .locator('vscode-text-field, vscode-checkbox, vscode-dropdown')
      .all();
    return Promise.all(
      fields.map(async (field) => (await field.getAttribute('aria-label')) ?? (await field.innerText())),
    );
  }

  /** What is in the way of starting. */
  errors(): Promise<string[]> {
    return this.page.locator('footer .errors li').allInnerTexts();
  }

  preview(): Promise<string[]> {
    return this.page.locator('.preview li').allInnerTexts();
  }
}
