// The rows of the table, as the book names them, with and without a mask; prediction rows when there are some.
import type { Fate, MaskingTable, Prediction, TokenColumn } from '../../src/protocol/masking.ts';
import type { MaskingMode } from '../../src/protocol/masking-page.ts';
import type { Cell, GridRow } from './grid-row.ts';
import { partsText, tokenParts } from './readable.ts';

/** The label that the loss leaves out. */
export const IGNORED = -100;

export interface RowOptions {
  readonly mode: MaskingMode;
  readonly readable: boolean;
  readonly predictions: readonly Prediction[];
}

export function tableRows(table: MaskingTable, options: RowOptions): readonly GridRow[] {
  const cell = (make: (column: TokenColumn, index: number) => Cell) => (index: number) => {
    const column = table.columns[index];
    return column ? make(column, index) : EMPTY;
  };
  const token = (text: string, className: string): Cell => ({ parts: tokenParts(text, options.readable), className });
  const original: GridRow = {
    key: 'tokens',
    label: options.mode === 'mask' ? 'Original tokens' : 'Tokens',
    cell: cell((column) => token(column.token, column.special ? 'token special' : 'token')),
  };
  const ids: GridRow = {
    key: 'input_ids',
    label: options.mode === 'mask' ? 'Original input_ids' : 'input_ids',
    cell: cell((column) => text(column.inputId, 'id')),
  };
  if (options.mode === 'tokenize') {
    return [
      original,
      ids,
      {
        key: 'word_ids',
        label: 'Word ids',
        cell: cell((column) => text(column.wordId ?? 'None', column.wordId === null ? 'id quiet' : 'id')),
      },
      {
        key: 'offsets',
        label: 'Offsets',
        cell: cell((column) => text(`${column.start}–${column.end}`, column.special ? 'id quiet' : 'id')),
      },
      {
        key: 'special',
        label: 'Special tokens mask',
        cell: cell((column) => text(column.special ? 1 : 0, column.special ? 'id' : 'id quiet')),
      },
    ];
  }
  return [
    original,
    {
      key: 'masked_tokens',
      label: 'Masked tokens',
      cell: cell((column) => ({
        ...token(column.maskedToken, `token chip ${column.fate}`),
        spoken: isChosen(column.fate) ? column.fate : undefined,
      })),
    },
    ids,
    {
      key: 'masked_input_ids',
      label: 'Masked input_ids',
      cell: cell((column) =>
        text(column.maskedInputId, column.maskedInputId === column.inputId ? 'id' : `id changed ${column.fate}`),
      ),
    },
    {
      key: 'labels',
      label: 'Labels',
      cell: cell((column) => text(column.label, column.label === IGNORED ? 'id quiet' : 'id label')),
    },
    ...predictionRows(table, options),
  ];
}

/** Masked, random or left unchanged: the loss counts this position. */
export function isChosen(fate: Fate): boolean {
  return fate === 'masked' || fate === 'random' || fate === 'unchanged';
}

function predictionRows(table: MaskingTable, { predictions, readable }: RowOptions): readonly GridRow[] {
  if (predictions.length === 0) return [];
  const byPosition = new Map(predictions.map((prediction) => [prediction.position, prediction]));
  const row = (key: string, label: string, make: (prediction: Prediction) => Cell): GridRow => ({
    key,
    label,
    cell(index) {
      const prediction = byPosition.get(index);
      return prediction ? make(prediction) : EMPTY;
    },
  });
  const depth = Math.max(...predictions.map(({ top }) => top.length));
  const guesses = Array.from({ length: depth }, (_, nth) =>
    row(`top-${nth + 1}`, `Prediction ${nth + 1}`, ({ position, top }) => {
      const guess = top[nth];
      if (!guess) return EMPTY;
      const right = guess.id === table.columns[position]?.inputId;
      return {
        parts: [...tokenParts(guess.token, readable), { text: ` ${percent(guess.score)}`, mark: true }],
        className: right ? 'token guess right' : 'token guess',
        spoken: right ? 'the true token' : undefined,
      };
    }),
  );
  return [
    ...guesses,
    row('rank', 'True token’s rank', ({ rank }) => text(rank, rank === 1 ? 'id right' : 'id')),
    row('loss', 'Loss (nats)', ({ loss }) => text(loss.toFixed(4), 'id')),
  ];
}

/** A probability as percent, never shown as an impossible 0 or a false 100. */
export function percent(score: number): string {
  if (score < 0.001) return '<0.1 %';
  if (score > 0.999 && score < 1) return '>99.9 %';
  return `${(score * 100).toFixed(1)} %`;
}

/** All of a row's text, for copying by hand and for measuring. */
export function cellText(cell: Cell): string {
  return partsText(cell.parts);
}

const EMPTY: Cell = { parts: [], className: 'nothing' };

function text(value: string | number, className: string): Cell {
  return { parts: [{ text: String(value) }], className };
}
