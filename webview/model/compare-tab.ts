// Two models: how far each tensor moved, and what differs in config and vocabulary.
import { html, nothing, type TemplateResult } from 'lit';
import type { Comparison, TensorChange } from '../../src/protocol/model.ts';
import type { ModelPageState } from '../../src/protocol/model-page.ts';
import { button, dropdown } from '../ui/controls.ts';
import { FiguresJob } from '../ui/figures-job.ts';
import { jobState } from '../ui/job-state.ts';
import type { ModelHost } from './host.ts';
import { RowsComparisonView } from './rows-comparison.ts';
import { plural, shapeText, short } from './text.ts';
import { VirtualTable } from './virtual-table.ts';

/** Names of a difference that are shown. */
const SHOWN = 30;

export class CompareTab {
  readonly #host: ModelHost;
  readonly #redraw: () => void;
  readonly #job: FiguresJob<Comparison>;
  readonly #table: VirtualTable<TensorChange>;
  readonly #rows: RowsComparisonView;
  #other: string | null = null;
  #most = 1;

  constructor(host: ModelHost, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#job = new FiguresJob(redraw);
    this.#rows = new RowsComparisonView(host, redraw);
    this.#table = new VirtualTable<TensorChange>(
      'change-table',
      {
        label: 'Tensors of both models',
        key: ({ name }) => name,
        columns: [
          {
            id: 'name',
            label: 'Name',
            sortBy: ({ name }) => name,
            cell: ({ name }) => html`<span class="mono">${name}</span>`,
            title: ({ name }) => name,
          },
          { id: 'shape', label: 'Shape', cell: ({ shape }) => shapeText(shape) },
          {
            id: 'change',
            label: 'Relative change',
            help: '‖B − A‖ / ‖A‖',
            numeric: true,
            sortBy: ({ relative_change }) => relative_change,
            cell: ({ relative_change }) => (relative_change === null ? 'A is all zeros' : short(relative_change)),
            title: ({ relative_change }) => String(relative_change ?? ''),
          },
          {
            id: 'bar',
            label: '',
            cell: ({ relative_change }) =>
              html`<span class="bar" aria-hidden="true" .style=${`width: ${(100 * (relative_change ?? 0)) / this.#most}%`}></span>`,
          },
          {
            id: 'cosine',
            label: 'Cosine',
            help: 'A · B / (‖A‖ ‖B‖)',
            numeric: true,
            sortBy: ({ cosine }) => cosine,
            cell: ({ cosine }) => (cosine === null ? '' : cosine.toFixed(6)),
            title: ({ cosine }) => String(cosine ?? ''),
          },
        ],
        sort: { column: 'change', falling: true },
      },
      redraw,
    );
  }

  choose(other: string): void {
    this.#other = other;
    this.#rows.forget();
    this.#job.again();
  }

  /** The model was read anew. */
  forget(): void {
    this.#job.again();
  }

  render(state: ModelPageState): TemplateResult {
    this.#other ??= state.other;
    const other = this.#other;
    const models = (state.models ?? []).filter(({ path }) => path !== state.path);
    const choices = models.map(({ path, label }) => ({ value: path, label }));
    if (other && !choices.some(({ value }) => value === other)) choices.push({ value: other, label: nameOf(other) });
    if (!other) choices.unshift({ value: '', label: 'Choose a model' });
    if (other) {
      this.#job.ensure(other, ({ signal, onProgress }) =>
        this.#host.call(
          'compare',
          { path: other },
          { signal, onProgress: ({ done }) => onProgress({ share: done, doing: 'Comparing' }) },
        ),
      );
    }
    const found = this.#job.value;
    this.#most = Math.max(
      1e-30,
      ...(found?.tensors.slice(0, 1).map(({ relative_change }) => relative_change ?? 0) ?? []),
    );
    return html`
      <div class="tools">
        ${dropdown({
          id: 'other',
          label: `${state.title} (A) with`,
          value: other ?? '',
          choices,
          help: other ?? undefined,
          onChange: (value) => {
            if (value) this.choose(value);
          },
        })}
        ${button({ label: 'Browse…', title: 'Choose a model folder or file', onClick: () => void this.#browse() })}
      </div>
      ${other ? jobState(this.#job) : html`<p class="muted padded">Choose the model to compare with: how far each tensor moved, and what differs in config and vocabulary. A model before its fine-tuning, say.</p>`}
      ${other && state.outline?.usable ? this.#rows.render(other) : nothing} ${found ? this.#found(found) : nothing}
    `;
  }

  drawn(): void {
    this.#table.drawn();
  }

  #found(found: Comparison): TemplateResult {
    const { tensors, only_in_a, only_in_b, reshaped, config, vocabulary } = found;
    const same = tensors.filter(({ relative_change }) => relative_change === 0).length;
    return html`
      <div class="differences">
        <h2 class="section-title">Tensors, config, vocabulary</h2>
        <p role="status">${plural(tensors.length, 'tensor')} of the same name and shape, ${same === tensors.length ? 'all equal' : `${same.toLocaleString('en-US')} equal`}.</p>
        ${names('Only in A', only_in_a)} ${names('Only in B', only_in_b)}
        ${names(
          'Of another shape',
          reshaped.map(({ name, a, b }) => `${name}: ${shapeText(a)} in A, ${shapeText(b)} in B`),
        )}
        ${
          config === null
            ? html`<p class="muted">Config: one of the two has no config.json.</p>`
            : names(
                'Config',
                config.map(({ name, a, b }) => `${name}: ${JSON.stringify(a)} in A, ${JSON.stringify(b)} in B`),
                'equal',
              )
        }
        ${
          vocabulary === null
            ? html`<p class="muted">Vocabulary: one of the two has no tokenizer.json.</p>`
            : vocabulary.only_in_a.length + vocabulary.only_in_b.length + vocabulary.renumbered === 0
              ? html`<p>Vocabulary: equal.</p>`
              : html`${names('Tokens only in A', vocabulary.only_in_a)} ${names('Tokens only in B', vocabulary.only_in_b)}
                  ${vocabulary.renumbered > 0 ? html`<p>${plural(vocabulary.renumbered, 'token')} with another id.</p>` : nothing}`
        }
      </div>
      ${tensors.length > 0 ? this.#table.render(tensors) : nothing}
    `;
  }

  async #browse(): Promise<void> {
    const other = await this.#host.call('browse', null);
    if (!other) return;
    this.choose(other);
    this.#redraw();
  }
}

function names(what: string, list: readonly string[], none?: string): TemplateResult | typeof nothing {
  if (list.length === 0) return none ? html`<p>${what}: ${none}.</p>` : nothing;
  return html`<details>
    <summary>${what}: ${list.length.toLocaleString('en-US')}</summary>
    <ul class="mono">
      ${list.slice(0, SHOWN).map((name) => html`<li>${name}</li>`)}
      ${list.length > SHOWN ? html`<li class="muted">and ${(list.length - SHOWN).toLocaleString('en-US')} more</li>` : nothing}
    </ul>
  </details>`;
}

const nameOf = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
