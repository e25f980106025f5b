// What the chart says at a place: as a box beside the cursor, and in words for screen readers.
import { html, nothing, type TemplateResult } from 'lit';
import { cellText } from '../../src/protocol/log-table.ts';
import type { ChartEntry, ChartView } from '../../src/protocol/loss-series.ts';
import { count, lossText } from '../../src/protocol/run-text.ts';
import { type PlotLine, type PlotModel, valuesAt } from './plot-model.ts';

export function readout(
  model: PlotModel,
  row: number,
  entries: readonly ChartEntry[],
  { smoothing }: ChartView,
  colorOf: (line: PlotLine) => string,
): TemplateResult {
  return html`<div class="place">${placeInWords(model, row, entries)}</div>
    <table>
      ${valuesAt(model, row, entries).map(([line, value]) => {
        const smooth = smoothing > 0 ? line.smooth?.[row] : undefined;
        return html`<tr>
            <td><span class="swatch ${line.kind}" .style=${`--line: ${colorOf(line)}`}></span></td>
            <td>${line.label}</td>
            <td class="value">${value === null ? 'NaN' : lossText(value)}</td>
            <td>${line.best === row ? 'best' : nothing}</td>
          </tr>
          ${
            smooth == null
              ? nothing
              : html`<tr class="muted"><td></td><td>smoothed</td><td class="value">${lossText(smooth)}</td><td></td></tr>`
          }`;
      })}
    </table>`;
}

/** `Step 120, epoch 1.5: training loss 2.1034, validation loss 1.9812, the best.` */
export function rowInWords(model: PlotModel, row: number, entries: readonly ChartEntry[]): string {
  const values = valuesAt(model, row, entries).map(([line, value]) => {
    const said = value === null ? 'not a number' : lossText(value);
    return `${line.label.toLowerCase()} ${said}${line.best === row ? ', the best' : ''}`;
  });
  return `${placeInWords(model, row, entries)}: ${values.join('; ')}`;
}

/** The whole chart in a sentence. */
export function summaryInWords(model: PlotModel, { log }: ChartView): string {
  const lines = model.lines.map(({ label, values, best }) => {
    const drawn = values.filter((value): value is number => value != null);
    const [first] = drawn;
    const last = drawn.at(-1);
    if (first === undefined || last === undefined) return `${label}: no values`;
    const lowest = best === null ? '' : `, best ${lossText(values[best] ?? last)}`;
    return `${label}: ${drawn.length} ${drawn.length === 1 ? 'value' : 'values'} from ${lossText(first)} to ${lossText(last)}${lowest}`;
  });
  return `Loss chart${log ? ', logarithmic' : ''}. ${lines.join('. ')}.`;
}

function placeInWords(model: PlotModel, row: number, entries: readonly ChartEntry[]): string {
  const entry = entries[model.rows[row]?.entries[0] ?? -1];
  const parts: string[] = [];
  if (typeof entry?.step === 'number') parts.push(`step ${count(entry.step)}`);
  if (typeof entry?.epoch === 'number') parts.push(`epoch ${cellText('epoch', entry.epoch)}`);
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
