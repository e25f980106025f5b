// The masking half of the extension: its two commands, its panels and their coming back after a reload.
import * as vscode from 'vscode';
import type { MaskingMode, MaskingPageMemory } from '../../protocol/masking-page.ts';
import { Lifetime } from '../lifetime.ts';
import { clozeIcon, registerSerializer } from '../page.ts';
import type { Services } from '../services.ts';
import { Following } from './following.ts';
import { readMemory } from './memory.ts';
import { MASKING_VIEW, MaskingPanel } from './panel.ts';
import { defaultMasking, defaultModel } from './settings.ts';
import { placeInEditor } from './source.ts';

/** Registers the commands and panels of masking; what it returns ends them. */
export function registerMasking(services: Services): vscode.Disposable {
  return new Masking(services);
}

class Masking extends Lifetime {
  readonly #services: Services;
  readonly #panels = new Set<MaskingPanel>();
  readonly #following: Following;

  constructor(services: Services) {
    super();
    this.#services = services;
    this.#following = this.register(new Following(() => this.#panels));
    const { registerCommand } = vscode.commands;
    this.register(registerCommand('cloze.inspectMasking', () => this.#show('mask')));
    this.register(registerCommand('cloze.tokenizeSelection', () => this.#show('tokenize')));
    this.register(
      registerSerializer(MASKING_VIEW, services.log, (panel, saved) => {
        void this.#adopt(panel, readMemory(saved, this.#freshMemory('mask'))).restore();
      }),
    );
  }

  /** Shows the selection in the panel that is not pinned; without one, in a new panel beside the editor. */
  async #show(mode: MaskingMode): Promise<void> {
    const editor = this.#following.currentEditor();
    const place = editor ? placeInEditor(editor) : null;
    const open = [...this.#panels].find((panel) => !panel.pinned);
    open?.panel.reveal(undefined, true);
    await (open ?? this.#create(mode)).inspect(place, mode);
  }

  #create(mode: MaskingMode): MaskingPanel {
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(MASKING_VIEW, 'Masking', column, { enableScripts: true });
    return this.#adopt(panel, this.#freshMemory(mode));
  }

  #adopt(panel: vscode.WebviewPanel, memory: MaskingPageMemory): MaskingPanel {
    panel.iconPath = clozeIcon(this.#services.context.extensionUri);
    const adopted = new MaskingPanel(panel, memory, this.#services);
    this.#panels.add(adopted);
    panel.onDidDispose(() => this.#panels.delete(adopted));
    return adopted;
  }

  #freshMemory(mode: MaskingMode): MaskingPageMemory {
    return {
      mode,
      place: null,
      pinned: false,
      model: defaultModel() || this.#services.context.asAbsolutePath('media/model'),
      masking: defaultMasking(),
      reroll: 0,
    };
  }
}
