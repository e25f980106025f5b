// One filter: a column, a test, a value.
import { html, type TemplateResult } from 'lit';
import {
  type ColumnFilter,
  type DatasetColumn,
  FILTER_TESTS,
  type FilterTest,
  isUnary,
} from '../../src/protocol/dataset.ts';
import { button } from '../ui/controls.ts';

export interface FilterFormEvents {
  readonly onAdd: (filter: ColumnFilter) => void;
  readonly onClose: () => void;
}

export function filterForm(columns: readonly DatasetColumn[], first: number, events: FilterFormEvents): TemplateResult {
  const submit = (event: Event) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    events.onAdd({
      column: String(data.get('column')),
      test: String(data.get('test')) as FilterTest,
      value: String(data.get('value') ?? ''),
    });
  };
  const close = (event: KeyboardEvent) => {
    if (event.key === 'Escape') events.onClose();
  };
  return html`<form class="filter-form" @submit=${submit} @keydown=${close} aria-label="New filter">
    <label>Column <select name="column">${columns.map(({ name }, i) => html`<option value=${name} ?selected=${i === first}>${name}</option>`)}</select></label>
    <label>Test <select name="test">${FILTER_TESTS.map((test) => html`<option value=${test}>${test}</option>`)}</select></label>
    <label>Value <input name="value" type="text" placeholder="not needed by is …" /></label>
    <button type="submit" class="primary">Add Filter</button>
    ${button({ label: 'Close', onClick: events.onClose })}
  </form>`;
}

export function filterLabel({ column, test, value }: ColumnFilter): string {
  return isUnary(test) ? `${column} ${test}` : `${column} ${test} ${value === '' ? '""' : value}`;
}
