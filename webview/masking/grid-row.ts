// What the grid of tokens draws: rows of cells.
import type { Part } from './readable.ts';

export interface Cell {
  readonly parts: readonly Part[];
  readonly className: string;
  /** Said after the text by a screen reader, where only shape and colour say it otherwise. */
  readonly spoken?: string | undefined;
}

export interface GridRow {
  readonly key: string;
  readonly label: string;
  cell(index: number): Cell;
}
