// The model half of the inspectors: its commands, its editor for files, its panel for folders.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ModelPageMemory } from '../../protocol/model-page.ts';
import { Lifetime } from '../lifetime.ts';
import { localCopy } from '../local-copy.ts';
import { logError, showError } from '../log.ts';
import { clozeIcon, registerSerializer } from '../page.ts';
import type { Services } from '../services.ts';
import { pickModel } from './choose-model.ts';
import { ModelPanel } from './panel.ts';

/** The default editor of .safetensors, and the other one of .onnx. */
const EDITORS = ['cloze.model', 'cloze.modelOnnx'] as const;
/** Folders are no documents, and config.json stays one of text: both open in a panel of this type. */
const FOLDER_VIEW = 'cloze.modelFolder';

/** Registers the commands, the editor and the panel of models; what it returns ends them. */
export function registerModel(services: Services): vscode.Disposable {
  return new Models(services);
}

class Models extends Lifetime implements vscode.CustomReadonlyEditorProvider {
  readonly #services: Services;
  readonly #panels = new Set<ModelPanel>();

  constructor(services: Services) {
    super();
    this.#services = services;
    for (const type of EDITORS) {
      const options = { supportsMultipleEditorsPerDocument: true };
      this.register(vscode.window.registerCustomEditorProvider(type, this, options));
    }
    this.register(
      registerSerializer(FOLDER_VIEW, services.log, (panel, saved) => {
        const memory = readMemory(saved);
        if (memory) this.#adopt(panel, memory);
        else panel.dispose();
      }),
    );
    const command = (name: string, run: (what?: unknown) => Promise<void>) => {
      const guarded = (what?: unknown) =>
        run(what).catch((error: unknown) => {
          logError(services.log, name, error);
          void showError(services.log, error);
        });
      this.register(vscode.commands.registerCommand(name, guarded));
    };
    command('cloze.inspectModel', (what) => this.#inspect(what));
    command('cloze.compareModels', (what) => this.#compare(what));
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose() {} };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const path = uri.scheme === 'file' ? uri.fsPath : await localCopy(this.#services.context, uri);
    this.#own(panel, { path }, basename(uri.path));
  }

  /** The file or folder chosen in the explorer, or one that is asked for. */
  async #inspect(what: unknown): Promise<void> {
    const path = await this.#pathOf(what, 'Inspect which model?', 'Inspect Model');
    if (!path) return;
    if (/\.(safetensors|onnx)$/i.test(path)) {
      const [type, onnx] = EDITORS;
      const editor = /\.onnx$/i.test(path) ? onnx : type;
      await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), editor);
    } else this.#open(path);
  }

  async #compare(what: unknown): Promise<void> {
    const path = await this.#pathOf(what, 'Compare which model (A)?', 'Compare');
    if (!path) return;
    const other = await pickModel(this.#services.engine, `Compare ${basename(path)} with which model (B)?`, 'Compare');
    if (other) this.#open(path).compareWith(other);
  }

  async #pathOf(what: unknown, title: string, label: string): Promise<string | null> {
    if (what instanceof vscode.Uri) {
      return what.scheme === 'file' ? what.fsPath : localCopy(this.#services.context, what);
    }
    return pickModel(this.#services.engine, title, label);
  }

  #open(path: string): ModelPanel {
    const open = [...this.#panels].find((panel) => panel.path === path);
    if (open) {
      open.panel.reveal();
      return open;
    }
    const column = vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(FOLDER_VIEW, titleOf(path), column, { enableScripts: true });
    return this.#adopt(panel, { path });
  }

  #adopt(panel: vscode.WebviewPanel, memory: ModelPageMemory): ModelPanel {
    panel.iconPath = clozeIcon(this.#services.context.extensionUri);
    panel.title = titleOf(memory.path);
    return this.#own(panel, memory, titleOf(memory.path));
  }

  #own(panel: vscode.WebviewPanel, memory: ModelPageMemory, title: string): ModelPanel {
    const owned = new ModelPanel(panel, memory, title, this.#services, (folder) => this.#open(folder));
    this.#panels.add(owned);
    panel.onDidDispose(() => this.#panels.delete(owned));
    return owned;
  }
}

/** Every model has a config.json: its folder tells more. */
const titleOf = (path: string): string =>
  /\.json$/.test(path) ? (path.split(/[\\/]/).at(-2) ?? basename(path)) : basename(path);

/** What the page saved, read back with care: it may be from another version. */
function readMemory(saved: unknown): ModelPageMemory | null {
  const { path } = (saved ?? {}) as Partial<ModelPageMemory>;
  return typeof path === 'string' && path !== '' ? { path } : null;
}
