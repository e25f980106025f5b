// How a cell reads in the table: missing, empty and blank values, and characters that are not seen.
import type { DatasetCell } from '../../src/protocol/dataset.ts';

export type CellKind = 'null' | 'empty' | 'blank' | 'value';

export interface ShownCell {
  readonly kind: CellKind;
  readonly text: string;
}

/** `showHidden`: invisible and control characters are drawn as symbols. */
export function shownCell(cell: DatasetCell | undefined, showHidden: boolean): ShownCell {
  if (cell === undefined) return { kind: 'value', text: '' };
  if (cell === null) return { kind: 'null', text: 'null' };
  const text = typeof cell === 'string' ? cell : `${cell.cut}…`;
  if (text === '') return { kind: 'empty', text: 'empty' };
  if (text.trim() === '') return { kind: 'blank', text: withSymbols(text) };
  return { kind: 'value', text: showHidden ? withSymbols(text) : text.replace(LINE_ENDS, '↵') };
}

const LINE_ENDS = /\r\n|\r|\n/g;

/** Control characters, separators other than the space, and format characters (zero-width, direction marks, …). */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const SYMBOLS: Readonly<Record<string, string>> = { '\t': '→', '\n': '↵', '\r': '␍', '\u00a0': '⍽', '\u200b': '∅' };

/** Spaces as middle dots, control characters as their pictures, the others by code point. */
export function withSymbols(text: string): string {
  return text.replace(/ /g, '·').replace(HIDDEN, (character) => {
    const known = SYMBOLS[character];
    if (known) return known;
    const code = character.codePointAt(0) as number;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
