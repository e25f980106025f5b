// A column's header: name, type and order, and below it what the column holds.
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { DatasetColumn, DatasetSummary } from '../../src/protocol/dataset.ts';
import type { WireError } from '../../src/protocol/rpc.ts';
import { icon } from '../ui/controls.ts';
import { compact, share } from '../ui/numbers.ts';

export interface ColumnHead {
  readonly column: DatasetColumn;
  readonly summary: DatasetSummary | WireError | undefined;
  readonly order: 'ascending' | 'descending' | 'none';
  /** The rows are not all at hand: nothing can be sorted. */
  readonly waits: boolean;
  readonly onSort: () => void;
  readonly onFilter: () => void;
}

const WIDTH = 120;
const HEIGHT = 22;

export function columnHead(head: ColumnHead): TemplateResult {
  const { column, order } = head;
  const next = { none: 'ascending', ascending: 'descending', descending: 'file order' }[order];
  return html`<div class="head">
    <div class="head-line">
      <button
        class="head-name"
        title=${`${column.name}: sort, ${next} next`}
        ?disabled=${head.waits}
        @click=${head.onSort}
      ><span class="name">${column.name}</span>${order === 'none' ? nothing : icon(order === 'ascending' ? 'arrow-up' : 'arrow-down')}</button>
      <button class="head-filter" title="Filter by ${column.name}" aria-label="Filter by ${column.name}" ?disabled=${head.waits} @click=${head.onFilter}>${icon('filter')}</button>
    </div>
    <div class="head-type">${column.type}</div>
    <div class="head-figures">${figures(head.summary)}</div>
  </div>`;
}

function figures(summary: DatasetSummary | WireError | undefined): TemplateResult | typeof nothing {
  if (!summary) return html`<span class="muted">…</span>`;
  if ('message' in summary) return html`<span class="muted" title=${summary.message}>no figures</span>`;
  const missing = share(summary.nulls, summary.rows);
  const hollow = summary.empty + summary.blank;
  const lines = [
    summary.top.length > 0 && !isMeasured(summary) ? topValues(summary) : histogram(summary),
    html`<div class="head-counts">
      <span title=${describeDistinct(summary)}>${summary.isExact ? '' : '≈'}${compact(summary.distinct)} distinct</span>
      ${summary.nulls > 0 ? html`<span class="warn" title="${summary.nulls.toLocaleString()} rows without a value">${missing} null</span>` : nothing}
      ${hollow > 0 ? html`<span class="warn" title="${summary.empty.toLocaleString()} empty, ${summary.blank.toLocaleString()} only white space">${compact(hollow)} empty</span>` : nothing}
    </div>`,
  ];
  return html`${lines}`;
}

/** Numbers have a histogram even where few are different. */
const isMeasured = ({ of, distinct }: DatasetSummary): boolean => of === 'values' && distinct > 5;

function histogram({ histogram: steps, min, max, of }: DatasetSummary): TemplateResult {
  const unit = { values: '', characters: ' characters', items: ' items', nothing: '' }[of];
  if (min === null || max === null)
    return html`<div class="head-bars empty"></div><div class="head-ends muted">${of === 'nothing' ? ' ' : 'no value'}</div>`;
  const most = Math.max(1, ...steps);
  const step = WIDTH / Math.max(1, steps.length);
  const label = `${short(min)} to ${short(max)}${unit}`;
  return html`<svg class="head-bars" width=${WIDTH} height=${HEIGHT} role="img" aria-label="Histogram, ${label}">
      ${steps.map((rows, i) => {
        const height = rows === 0 ? 0 : Math.max(1, (rows / most) * HEIGHT);
        return svg`<rect x=${i * step} y=${HEIGHT - height} width=${Math.max(1, step - 1)} height=${height}><title>${rows.toLocaleString()} rows</title></rect>`;
      })}
    </svg>
    <div class="head-ends muted" title=${`${min} to ${max}${unit}`}>${min === max ? html`all ${short(min)}${unit}` : label}</div>`;
}

function topValues({ top, rows }: DatasetSummary): TemplateResult {
  const shown = top.slice(0, 3);
  return html`<ul class="head-top">
    ${shown.map(
      ({ value, rows: count }) =>
        html`<li title="${value}: ${count.toLocaleString()} rows"><span class="head-value">${value === '' ? 'empty' : value}</span><span class="muted">${share(count, rows)}</span></li>`,
    )}
  </ul>`;
}

const describeDistinct = ({ distinct, isExact }: DatasetSummary): string =>
  `${distinct.toLocaleString()} different values${isExact ? '' : ', an estimate'}`;

/** Dates and numbers at a length that fits a header. */
function short(value: string): string {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) {
    return Number.isInteger(number) && Math.abs(number) < 1e6
      ? number.toLocaleString()
      : String(+number.toPrecision(4));
  }
  return value.replace(/ 00:00:00$/, '').slice(0, 19);
}
