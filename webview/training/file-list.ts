// Data files: one field a file, chosen or typed; the first rows of what is there.
import { html, nothing, type TemplateResult } from 'lit';
import type { ArgumentSpec } from '../../src/protocol/training-arguments.ts';
import { fieldValue } from '../../src/protocol/training-form.ts';
import type { DataPeek } from '../../src/protocol/training-page.ts';
import { button, iconButton, progressRing, textField } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { type FieldContext, fieldId, setting } from './fields.ts';

export function fileList(spec: ArgumentSpec, context: FieldContext, browse: () => void): TemplateResult {
  const value = fieldValue(spec, context.values);
  const paths = Array.isArray(value) && value.length > 0 ? value : [''];
  const set = (next: readonly string[]) => context.set(spec.name, next);
  const field = (path: string, i: number) => html`<div class="file">
    ${textField({
      id: i === 0 ? fieldId(spec.name) : `${fieldId(spec.name)}-${i}`,
      label: i === 0 ? spec.name : `${spec.name} ${i + 1}`,
      value: path,
      error: i === 0 ? context.errors.get(spec.name) : undefined,
      help: spec.help,
      placeholder: 'Path, in the workspace or absolute',
      size: 40,
      onInput: (typed) => set(paths.map((other, k) => (k === i ? typed : other))),
    })}
    ${
      paths.length > 1
        ? iconButton({
            label: `Remove ${path || 'this file'}`,
            icon: 'close',
            onClick: () => set(paths.filter((_, k) => k !== i)),
          })
        : nothing
    }
    ${i === 0 ? button({ label: 'Browse…', title: `Choose files for ${spec.name}`, onClick: browse }) : nothing}
  </div>`;
  return setting(spec, context, html`<div class="files">${paths.map(field)}</div>`);
}

/** The first rows, cut to a line each; `waiting`: they are being read. */
export function preview(peek: DataPeek | null, waiting: boolean): TemplateResult | typeof nothing {
  if (waiting && !peek)
    return html`<p class="preview late" role="status">${progressRing('Reading the file')} Reading the file…</p>`;
  if (!peek) return nothing;
  if (peek.error) return notice('error', [peek.error.message, peek.error.wayOut].filter(Boolean).join(' '));
  const { rows, textColumn, columns } = peek;
  if (rows.length === 0) return notice('warning', 'There is no text in this file.');
  const others = columns.length > 1 ? ` Columns: ${columns.join(', ')}.` : '';
  return html`<figure class="preview">
    <figcaption class="muted">The first rows of “${textColumn}”.${others}</figcaption>
    <ol>
      ${rows.map((row) => html`<li title=${textOf(row, textColumn).slice(0, 2000)}>${textOf(row, textColumn).slice(0, 300)}</li>`)}
    </ol>
  </figure>`;
}

function textOf(row: Readonly<Record<string, string>>, column: string | null): string {
  return (column === null ? Object.values(row)[0] : row[column]) ?? '';
}
