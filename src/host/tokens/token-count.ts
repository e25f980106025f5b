// The status bar's count of the tokens that are selected.
import * as vscode from 'vscode';
import { isCancelledError } from '../../protocol/rpc.ts';
import { Lifetime } from '../lifetime.ts';
import { logError } from '../log.ts';
import type { Services } from '../services.ts';
import { editorModel } from './editor-model.ts';

/** Milliseconds for which a selection must stand still. */
const PAUSE = 150;
/** UTF-16 units; more are not counted. */
const MAX_CHARACTERS = 1_000_000;

export class TokenCount extends Lifetime {
  readonly #services: Services;
  readonly #item: vscode.StatusBarItem;
  #timer: NodeJS.Timeout | undefined;
  #counting: AbortController | undefined;

  constructor(services: Services) {
    super();
    this.#services = services;
    this.#item = this.register(
      vscode.window.createStatusBarItem('cloze.tokenCount', vscode.StatusBarAlignment.Right, 101),
    );
    this.#item.name = 'Cloze: Tokens of the Selection';
    this.#item.command = 'cloze.tokenizeSelection';
    const later = () => this.#later();
    this.register(vscode.window.onDidChangeTextEditorSelection(later));
    this.register(vscode.window.onDidChangeActiveTextEditor(later));
    this.register(vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('cloze') && later()));
    this.register({ dispose: () => this.#stop() });
    // what was selected before this was there
    this.#later();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#counting?.abort();
  }

  #later(): void {
    this.#stop();
    const editor = vscode.window.activeTextEditor;
    const enabled = vscode.workspace.getConfiguration('cloze').get('tokenCount', true);
    if (!editor || !enabled || editor.selections.every(({ isEmpty }) => isEmpty)) this.#item.hide();
    else this.#timer = setTimeout(() => void this.#count(editor), PAUSE);
  }

  async #count(editor: vscode.TextEditor): Promise<void> {
    const texts = editor.selections.filter(({ isEmpty }) => !isEmpty).map((part) => editor.document.getText(part));
    if (texts.reduce((sum, text) => sum + text.length, 0) > MAX_CHARACTERS) {
      this.#show('many tokens', 'More than a million characters are selected: they are not counted.');
      return;
    }
    const counting = new AbortController();
    this.#counting = counting;
    const model = editorModel(this.#services);
    try {
      const counts = await Promise.all(
        texts.map((text) => this.#services.engine.call('tokens.count', { model, text }, { signal: counting.signal })),
      );
      const tokens = counts.reduce((sum, one) => sum + one.tokens, 0);
      const unknown = counts.reduce((sum, one) => sum + one.unknown, 0);
      this.#show(
        `${tokens.toLocaleString()} ${tokens === 1 ? 'token' : 'tokens'}`,
        describe(tokens, unknown, counts[0]),
      );
    } catch (error) {
      if (isCancelledError(error)) return;
      logError(this.#services.log, 'tokens.count', error);
      this.#item.hide();
    }
  }

  #show(text: string, tooltip: string): void {
    this.#item.text = `$(symbol-string) ${text}`;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: `${text} selected` };
    this.#item.show();
  }
}

function describe(
  tokens: number,
  unknown: number,
  first: { readonly added: number; readonly limit: number | null } | undefined,
): string {
  const lines = [`The selection is ${tokens.toLocaleString()} tokens of cloze.model’s tokenizer.`];
  if (unknown > 0) lines.push(`${unknown.toLocaleString()} of them unknown to it.`);
  if (first && first.added > 0) lines.push(`Special tokens add ${first.added}.`);
  if (first && first.limit !== null) lines.push(`A row holds ${first.limit.toLocaleString()}.`);
  return `${lines.join(' ')} Click to see them.`;
}
