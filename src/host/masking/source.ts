// The text that a masking panel shows: found in an editor, followed through edits, found again after a reload.
import * as vscode from 'vscode';
import type { EmptyReason, SourcePlace } from '../../protocol/masking-page.ts';
import { type Change, trackRange } from './track-range.ts';

/** Longer selections are cut: a table of more tokens than this gives would help nobody. UTF-16 units. */
export const MAX_CHARACTERS = 200_000;

export type SourceText =
  | { readonly kind: 'text'; readonly text: string; readonly leftOut: number }
  | { readonly kind: 'empty'; readonly reason: EmptyReason };

/** The selection of `editor`, or without one the line of its cursor. */
export function placeInEditor(editor: vscode.TextEditor): SourcePlace {
  const { document, selection } = editor;
  const range = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
  return {
    uri: document.uri.toString(),
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
    version: document.version,
    byLine: selection.isEmpty,
  };
}

/** The place after edits that led to `document`'s present version. */
export function placeAfterEdit(
  place: SourcePlace,
  document: vscode.TextDocument,
  changes: readonly Change[],
): SourcePlace {
  const moved = { ...place, ...trackRange(place, changes), version: document.version };
  if (!place.byLine) return moved;
  const line = document.lineAt(document.positionAt(moved.start).line).range;
  return { ...moved, start: document.offsetAt(line.start), end: document.offsetAt(line.end) };
}

export function findDocument(uri: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
}

/** The document of a place that is remembered from before a reload; undefined when it is gone. */
export async function reopenDocument(uri: string): Promise<vscode.TextDocument | undefined> {
  const open = findDocument(uri);
  if (open) return open;
  const parsed = vscode.Uri.parse(uri);
  if (parsed.scheme === 'untitled') return undefined;
  try {
    return await vscode.workspace.openTextDocument(parsed);
  } catch {
    return undefined;
  }
}

export function readSource(place: SourcePlace | null): SourceText {
  if (!place) return { kind: 'empty', reason: 'nothing-selected' };
  const document = findDocument(place.uri);
  if (!document) return { kind: 'empty', reason: 'document-gone' };
  const whole = document.getText(rangeOf(document, place.start, place.end));
  const text = cutAt(whole, MAX_CHARACTERS);
  if (text === '') return { kind: 'empty', reason: place.byLine ? 'empty-line' : 'nothing-selected' };
  if (looksBinary(text)) return { kind: 'empty', reason: 'binary' };
  if (text.trim() === '') return { kind: 'empty', reason: 'only-whitespace' };
  return { kind: 'text', text, leftOut: whole.length - text.length };
}

/** Such as `notes.txt, line 3` or `notes.txt, lines 3 to 5`. */
export function describePlace(place: SourcePlace): string {
  const name = decodeURIComponent(place.uri.slice(place.uri.lastIndexOf('/') + 1)).replace(/^untitled:/, '');
  const document = findDocument(place.uri);
  if (!document) return name;
  const first = document.positionAt(place.start).line + 1;
  const last = document.positionAt(place.end).line + 1;
  return first === last ? `${name}, line ${first}` : `${name}, lines ${first} to ${last}`;
}

export function rangeOf(document: vscode.TextDocument, start: number, end: number): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

/** At most `limit` units, never half of a surrogate pair. */
function cutAt(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const splitsPair = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? '');
  return text.slice(0, splitsPair ? limit - 1 : limit);
}

/** Null characters, or one in ten characters that no text holds. */
function looksBinary(text: string): boolean {
  if (text.includes('\0')) return true;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const strange = text.match(/[\u0001-\u0008\u000E-\u001A\u001C-\u001F\uFFFD]/g)?.length ?? 0;
  return strange * 10 > text.length;
}
