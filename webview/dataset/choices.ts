// The column of text and the model that figures are about: one choice for all tabs.
import { html, type TemplateResult } from 'lit';
import type { DatasetColumn } from '../../src/protocol/dataset.ts';
import type { DatasetPageState } from '../../src/protocol/dataset-page.ts';
import type { ModelChoice } from '../../src/protocol/masking.ts';
import { dropdown } from '../ui/controls.ts';
import type { DatasetHost } from './rows-model.ts';

const BROWSE = '\0browse';

export class Choices {
  #column: string | null = null;
  #model: string | null = null;
  readonly #browsed: ModelChoice[] = [];

  constructor(
    private readonly host: DatasetHost,
    private readonly changed: () => void,
  ) {}

  /** The column chosen, else the one that training would read; null when none holds text. */
  column(columns: readonly DatasetColumn[]): string | null {
    const texts = columns.filter(({ type }) => type === 'string').map(({ name }) => name);
    if (this.#column !== null && texts.includes(this.#column)) return this.#column;
    return texts.find((name) => name === 'text') ?? texts[0] ?? null;
  }

  model(state: DatasetPageState): string {
    return this.#model ?? state.model;
  }

  renderColumn(columns: readonly DatasetColumn[]): TemplateResult {
    const texts = columns.filter(({ type }) => type === 'string').map(({ name }) => name);
    return dropdown({
      id: 'column',
      label: 'Column',
      value: this.column(columns) ?? '',
      choices: texts.map((name) => ({ value: name, label: name })),
      onChange: (value) => {
        this.#column = value;
        this.changed();
      },
    });
  }

  render(state: DatasetPageState, columns: readonly DatasetColumn[]): TemplateResult {
    const model = this.model(state);
    const known = [...(state.models ?? []), ...this.#browsed];
    const models = known.some(({ path }) => path === model) ? known : [{ path: model, label: nameOf(model) }, ...known];
    return html`${this.renderColumn(columns)}
    ${dropdown({
      id: 'model',
      label: 'Model',
      value: model,
      choices: [
        ...models.map(({ path, label }) => ({ value: path, label })),
        { value: BROWSE, label: 'Choose a folder…' },
      ],
      onChange: (value) => {
        if (value === BROWSE) void this.#browse();
        else {
          this.#model = value;
          this.changed();
        }
      },
    })}`;
  }

  async #browse(): Promise<void> {
    const chosen = await this.host.call('browseModel', null).catch(() => null);
    if (chosen) {
      this.#browsed.push(chosen);
      this.#model = chosen.path;
    }
    this.changed();
  }
}

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
