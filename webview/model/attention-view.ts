// Attention of a sentence: one head of one layer as a grid of tokens by tokens, or the mean of a layer's heads.
import { html, nothing, type TemplateResult } from 'lit';
import type { Attentions } from '../../src/protocol/model.ts';
import { dropdown } from '../ui/controls.ts';
import { shareText } from './text.ts';

/** Tokens that a grid shows. */
const SHOWN = 64;

export class AttentionView {
  readonly #redraw: () => void;
  #layer = 0;
  /** Null: the mean of the heads. */
  #head: number | null = null;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  render({ tokens, heads, layers }: Attentions): TemplateResult {
    const layer = Math.min(this.#layer, layers.length - 1);
    const head = this.#head === null || this.#head >= heads ? null : this.#head;
    const count = tokens.length;
    const shown = Math.min(count, SHOWN);
    const weights = layers[layer] as Float32Array;
    const at = (query: number, key: number): number => {
      if (head !== null) return weights[(head * count + query) * count + key] as number;
      let sum = 0;
      for (let one = 0; one < heads; one++) sum += weights[(one * count + query) * count + key] as number;
      return sum / heads;
    };
    const places = Array.from({ length: shown }, (_, i) => i);
    const choice = (many: number, what: string) =>
      Array.from({ length: many }, (_, i) => ({ value: String(i), label: `${what} ${i + 1}` }));
    return html`<section class="attention" aria-label="Attention">
      <h2>Attention</h2>
      <div class="tools">
        ${dropdown({
          id: 'layer',
          label: 'Layer',
          value: String(layer),
          choices: choice(layers.length, 'Layer'),
          onChange: (value) => {
            this.#layer = Number(value);
            this.#redraw();
          },
        })}
        ${dropdown({
          id: 'head',
          label: 'Head',
          value: head === null ? 'mean' : String(head),
          choices: [{ value: 'mean', label: 'Mean of heads' }, ...choice(heads, 'Head')],
          onChange: (value) => {
            this.#head = value === 'mean' ? null : Number(value);
            this.#redraw();
          },
        })}
        <span class="muted">Each row is a token; the columns it reads from add up to 100 %.</span>
      </div>
      ${count > shown ? html`<p class="muted">The first ${shown} of ${count} tokens.</p>` : nothing}
      <div class="attention-scroll" tabindex="0" role="region" aria-label="Attention by token">
        <table>
          <thead>
            <tr><td></td>${places.map((key) => html`<th scope="col"><span class="mono">${tokens[key]}</span></th>`)}</tr>
          </thead>
          <tbody class="weights">
            ${places.map(
              (query) => html`<tr>
                <th scope="row" class="mono">${tokens[query]}</th>
                ${places.map((key) => {
                  const weight = at(query, key);
                  const text = `${tokens[query]} reads ${shareText(weight)} from ${tokens[key]}`;
                  return html`<td title=${text}><span class="heat" .style=${`opacity: ${Math.sqrt(weight).toFixed(3)}`}></span><span class="visually-hidden">${shareText(weight)}</span></td>`;
                })}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}
