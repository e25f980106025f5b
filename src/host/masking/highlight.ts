// Marks a token's characters in the editors that show its document.
import * as vscode from 'vscode';
import { Lifetime } from '../lifetime.ts';

export class Highlight extends Lifetime {
  readonly #decoration: vscode.TextEditorDecorationType;

  constructor() {
    super();
    this.#decoration = this.register(
      vscode.window.createTextEditorDecorationType({
        backgroundColor: new vscode.ThemeColor('editor.wordHighlightStrongBackground'),
        border: '1px solid',
        borderColor: new vscode.ThemeColor('focusBorder'),
        overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.wordHighlightStrongForeground'),
        overviewRulerLane: vscode.OverviewRulerLane.Center,
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      }),
    );
  }

  /** Marks `range` in every visible editor of `document` and, if asked, scrolls there. */
  show(document: vscode.TextDocument, range: vscode.Range, reveal: boolean): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const here = editor.document === document;
      editor.setDecorations(this.#decoration, here ? [range] : []);
      if (here && reveal) editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  clear(): void {
    for (const editor of vscode.window.visibleTextEditors) editor.setDecorations(this.#decoration, []);
  }
}
