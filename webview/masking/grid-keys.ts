// Where a key leads in the grid, as the ARIA grid pattern has it.

/** Row 0 is the heading row; columns count from 0. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  /** Rows below the heading. */
  readonly rows: number;
  readonly columns: number;
  /** Columns in sight, which Page Up and Page Down move by. */
  readonly page: number;
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The place that `event` moves to; undefined if the key is not the grid's. */
export function moveInGrid(event: Key, from: CellPlace, size: GridSize): CellPlace | undefined {
  if (event.altKey || event.shiftKey || size.columns === 0) return undefined;
  const jump = event.ctrlKey || event.metaKey;
  const last = size.columns - 1;
  const to = (row: number, column: number): CellPlace => ({
    row: Math.max(0, Math.min(row, size.rows)),
    column: Math.max(0, Math.min(column, last)),
  });
  const { row, column } = from;
  switch (event.key) {
    case 'ArrowLeft':
      return to(row, jump ? 0 : column - 1);
    case 'ArrowRight':
      return to(row, jump ? last : column + 1);
    case 'ArrowUp':
      return to(jump ? 0 : row - 1, column);
    case 'ArrowDown':
      return to(jump ? size.rows : row + 1, column);
    case 'Home':
      return to(jump ? 0 : row, 0);
    case 'End':
      return to(jump ? size.rows : row, last);
    case 'PageUp':
      return to(row, column - size.page);
    case 'PageDown':
      return to(row, column + size.page);
    default:
      return undefined;
  }
}
