// Keeps a range of a document on its text while the document is edited.

/** UTF-16 offsets in a document. */
export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

/** As in vscode.TextDocumentContentChangeEvent: `rangeLength` units at `rangeOffset` give way to `text`. */
export interface Change {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

/**
 * Where `range` lies after `changes`, whose offsets all refer to the text before the edit. Edits before it move it,
 * edits inside it (typing at its end included) stretch or shrink it, edits across an edge take the edge with them. When a
 * wider text is replaced at once, the range stays at its offsets as far as the new text reaches.
 */
export function trackRange(range: OffsetRange, changes: readonly Change[]): OffsetRange {
  let { start, end } = range;
  for (const change of [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset)) {
    const from = change.rangeOffset;
    const to = from + change.rangeLength;
    const growth = change.text.length - change.rangeLength;
    if (from > end) continue;
    if (to < start || (to === start && from < start)) {
      start += growth;
      end += growth;
    } else if (from < start && to > end) {
      start = Math.min(start, from + change.text.length);
      end = Math.min(end, from + change.text.length);
    } else {
      end = to >= end ? from + change.text.length : end + growth;
      start = Math.min(start, from);
    }
  }
  return { start, end: Math.max(start, end) };
}
