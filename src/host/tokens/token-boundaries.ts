// Token boundaries in the editors' text: every other token has a background, while the toggle is on.
import * as vscode from 'vscode';
import { isCancelledError } from '../../protocol/rpc.ts';
import { Lifetime } from '../lifetime.ts';
import { showError } from '../log.ts';
import type { Services } from '../services.ts';
import { editorModel } from './editor-model.ts';

/** Milliseconds for which scrolling and typing must stand still. */
const PAUSE = 100;
/** Lines above and below what is seen, so that short scrolls show tokens at once. */
const MARGIN = 30;
/** UTF-16 units of a line; what is longer is left as it is. */
const MAX_LINE = 20_000;

export class TokenBoundaries extends Lifetime {
  readonly #services: Services;
  readonly #even: vscode.TextEditorDecorationType;
  readonly #odd: vscode.TextEditorDecorationType;
  #on = false;
  #timer: NodeJS.Timeout | undefined;
  #drawing: AbortController | undefined;

  constructor(services: Services) {
    super();
    this.#services = services;
    const shade = (color: string) =>
      this.register(
        vscode.window.createTextEditorDecorationType({
          backgroundColor: new vscode.ThemeColor(color),
          rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
          // in themes of high contrast, which have no backgrounds
          outline: '1px dotted transparent',
          outlineColor: new vscode.ThemeColor('contrastActiveBorder'),
        }),
      );
    this.#even = shade('cloze.tokenBackground');
    this.#odd = shade('cloze.tokenAlternateBackground');
    this.register(vscode.commands.registerCommand('cloze.toggleTokenBoundaries', () => this.#toggle()));
    const later = () => this.#later();
    this.register(vscode.window.onDidChangeVisibleTextEditors(later));
    this.register(vscode.window.onDidChangeTextEditorVisibleRanges(later));
    this.register(vscode.workspace.onDidChangeTextDocument(later));
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('cloze.model') && later()),
    );
    this.register({ dispose: () => this.#stop() });
  }

  #toggle(): void {
    this.#on = !this.#on;
    if (this.#on) void this.#draw();
    else {
      this.#stop();
      for (const editor of vscode.window.visibleTextEditors) this.#mark(editor, [], []);
    }
    const state = this.#on ? 'shown' : 'hidden';
    vscode.window.setStatusBarMessage(`Cloze: token boundaries ${state}`, 3000);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#drawing?.abort();
  }

  #later(): void {
    if (!this.#on) return;
    this.#stop();
    this.#timer = setTimeout(() => void this.#draw(), PAUSE);
  }

  async #draw(): Promise<void> {
    this.#drawing?.abort();
    const drawing = new AbortController();
    this.#drawing = drawing;
    try {
      for (const editor of vscode.window.visibleTextEditors) await this.#drawIn(editor, drawing.signal);
    } catch (error) {
      if (isCancelledError(error)) return;
      this.#on = false;
      void showError(this.#services.log, error);
    }
  }

  async #drawIn(editor: vscode.TextEditor, signal: AbortSignal): Promise<void> {
    const { document } = editor;
    const { version } = document;
    const model = editorModel(this.#services);
    const even: vscode.Range[] = [];
    const odd: vscode.Range[] = [];
    for (const { first, last } of seenLines(editor)) {
      for (let number = first; number <= last; number++) {
        const { text } = document.lineAt(number);
        if (text.trim() === '' || text.length > MAX_LINE) continue;
        const spans = await this.#services.engine.call('tokens.spans', { model, text }, { signal });
        if (document.version !== version) return;
        for (const [i, [start, end]] of spans.entries()) {
          if (end > start) (i % 2 === 0 ? even : odd).push(new vscode.Range(number, start, number, end));
        }
      }
    }
    this.#mark(editor, even, odd);
  }

  #mark(editor: vscode.TextEditor, even: readonly vscode.Range[], odd: readonly vscode.Range[]): void {
    editor.setDecorations(this.#even, even);
    editor.setDecorations(this.#odd, odd);
  }
}

/** The lines in sight and some more, folded parts left out. */
function seenLines({ document, visibleRanges }: vscode.TextEditor): { first: number; last: number }[] {
  return visibleRanges.map(({ start, end }) => ({
    first: Math.max(0, start.line - MARGIN),
    last: Math.min(document.lineCount - 1, end.line + MARGIN),
  }));
}
