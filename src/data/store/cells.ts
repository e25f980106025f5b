// Cells for the table: short texts whole, of long ones the start.
import type { DatasetCell } from '../../protocol/dataset.ts';
import { type StoreColumn, textSql } from './view-sql.ts';

/** Characters of a cell that the table gets. */
export const CELL_START = 300;

/** `, text, length` for each column, to be read by {@link readCells}. */
export function selectCells(columns: readonly StoreColumn[], chosen: readonly number[]): string {
  return chosen
    .map((i) => {
      const text = textSql(columns, i);
      return `, left(${text}, ${CELL_START}), length(${text})`;
    })
    .join('');
}

export function readCells(values: readonly unknown[]): DatasetCell[] {
  const cells: DatasetCell[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const text = values[i];
    const length = Number(values[i + 1] ?? 0);
    if (text === null || text === undefined) cells.push(null);
    else cells.push(length > CELL_START ? { cut: String(text), length } : String(text));
  }
  return cells;
}
