// Follows the editors on behalf of the masking panels: selections, edits, documents that come back.
import * as vscode from 'vscode';
import type { SourcePlace } from '../../protocol/masking-page.ts';
import { Lifetime, onEnd } from '../lifetime.ts';
import type { MaskingPanel } from './panel.ts';
import { placeAfterEdit, placeInEditor } from './source.ts';

/** Long enough that dragging a selection or typing does not ask for a table each time. Milliseconds. */
const SELECTION_DELAY = 150;
const EDIT_DELAY = 300;

/** Documents that nobody writes: output, debug console, comment and chat inputs. */
const FOLLOWED_NEVER = new Set(['output', 'debug', 'comment', 'vscode-interactive-input', 'chat-editing-text-model']);

export class Following extends Lifetime {
  readonly #panels: () => Iterable<MaskingPanel>;
  readonly #timers = new Map<MaskingPanel, NodeJS.Timeout>();
  #lastEditor = vscode.window.activeTextEditor;

  constructor(panels: () => Iterable<MaskingPanel>) {
    super();
    this.#panels = panels;
    const { workspace, window } = vscode;
    this.register(
      window.onDidChangeActiveTextEditor((editor) => {
        if (editor && isFollowed(editor.document)) this.#onActive(editor);
      }),
    );
    this.register(window.onDidChangeTextEditorSelection(({ textEditor }) => this.#onSelection(textEditor)));
    this.register(workspace.onDidChangeTextDocument((event) => this.#onEdit(event)));
    this.register(workspace.onDidOpenTextDocument((document) => this.#onOpen(document)));
    this.register(
      onEnd(() => {
        for (const timer of this.#timers.values()) clearTimeout(timer);
      }),
    );
  }

  /** The editor that a command means: the active one, or the last one while a panel has the focus. */
  currentEditor(): vscode.TextEditor | undefined {
    const active = vscode.window.activeTextEditor;
    if (active && isFollowed(active.document)) return active;
    const last = this.#lastEditor;
    return last && vscode.window.visibleTextEditors.includes(last) ? last : undefined;
  }

  /** A panel that shows nothing takes what is there now, as when its command was faster than the editor. */
  #onActive(editor: vscode.TextEditor): void {
    this.#lastEditor = editor;
    for (const panel of this.#panels()) {
      if (panel.place || panel.pinned) continue;
      this.#soon(panel, SELECTION_DELAY, () => panel.follow(placeInEditor(editor)));
    }
  }

  #onSelection(editor: vscode.TextEditor): void {
    if (!isFollowed(editor.document)) return;
    for (const panel of this.#panels()) {
      const place = placeInEditor(editor);
      const inside = panel.place !== null && isInside(editor, panel.place);
      if (inside && (panel.pinned || editor.selection.isEmpty)) {
        const { document, selection } = editor;
        panel.showCursor({ start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) });
        continue;
      }
      panel.showCursor(null);
      const follows = !panel.pinned && (!editor.selection.isEmpty || panel.place === null || panel.place.byLine);
      if (follows && !samePlace(panel.place, place)) this.#soon(panel, SELECTION_DELAY, () => panel.follow(place));
    }
  }

  #onEdit({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    for (const panel of this.#panels()) {
      if (panel.place?.uri !== document.uri.toString()) continue;
      panel.outdate(placeAfterEdit(panel.place, document, contentChanges));
      this.#soon(panel, EDIT_DELAY, () => panel.inspect(panel.place));
    }
  }

  /** A document that a panel remembers from before a reload, such as an unsaved one, came back. */
  #onOpen(document: vscode.TextDocument): void {
    for (const panel of this.#panels()) {
      if (panel.waitsForDocument && panel.place?.uri === document.uri.toString()) void panel.restore();
    }
  }

  #soon(panel: MaskingPanel, delay: number, act: () => void): void {
    clearTimeout(this.#timers.get(panel));
    const run = () => {
      this.#timers.delete(panel);
      if (!panel.disposed) act();
    };
    this.#timers.set(panel, setTimeout(run, delay));
  }
}

function isFollowed(document: vscode.TextDocument): boolean {
  return !FOLLOWED_NEVER.has(document.uri.scheme);
}

/** Within what is shown, so that it points at tokens; selecting exactly what is shown changes nothing either way. */
function isInside(editor: vscode.TextEditor, place: SourcePlace): boolean {
  const { document, selection } = editor;
  if (document.uri.toString() !== place.uri) return false;
  return document.offsetAt(selection.start) >= place.start && document.offsetAt(selection.end) <= place.end;
}

function samePlace(a: SourcePlace | null, b: SourcePlace): boolean {
  return (
    a !== null &&
    a.uri === b.uri &&
    a.start === b.start &&
    a.end === b.end &&
    a.byLine === b.byLine &&
    a.version === b.version
  );
}
