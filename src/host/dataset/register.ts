// The data set half of the inspectors: its command, its editor for files, its panel for folders.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetPageMemory } from '../../protocol/dataset-page.ts';
import { Lifetime } from '../lifetime.ts';
import { localCopy } from '../local-copy.ts';
import { logError, showError } from '../log.ts';
import { clozeIcon, registerSerializer } from '../page.ts';
import type { Services } from '../services.ts';
import { DATASET_VIEW, DatasetPanel } from './panel.ts';
import { registerRowDocuments } from './row-documents.ts';

/** Files that VS Code shows as text unless it is told otherwise. */
const TEXT_VIEW = 'cloze.datasetText';
/** Folders are no documents: they open in a panel of this type. */
const FOLDER_VIEW = 'cloze.datasetFolder';

/** Registers the command, the editor and the panel of data sets; what it returns ends them. */
export function registerDataset(services: Services): vscode.Disposable {
  return new Datasets(services);
}

class Datasets extends Lifetime implements vscode.CustomReadonlyEditorProvider {
  readonly #services: Services;
  readonly #folders = new Set<DatasetPanel>();

  constructor(services: Services) {
    super();
    this.#services = services;
    this.register(registerRowDocuments(services.engine));
    for (const type of [DATASET_VIEW, TEXT_VIEW]) {
      const options = { supportsMultipleEditorsPerDocument: true };
      this.register(vscode.window.registerCustomEditorProvider(type, this, options));
    }
    this.register(
      registerSerializer(FOLDER_VIEW, services.log, (panel, saved) => {
        const memory = readMemory(saved);
        if (memory) this.#adoptFolder(panel, memory);
        else panel.dispose();
      }),
    );
    this.register(
      vscode.commands.registerCommand('cloze.inspectDataset', (what?: unknown) =>
        this.#inspect(what).catch((error) => {
          logError(services.log, 'Inspect Data Set', error);
          void showError(services.log, error);
        }),
      ),
    );
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose() {} };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const path = uri.scheme === 'file' ? uri.fsPath : await localCopy(this.#services.context, uri);
    new DatasetPanel(panel, { path, added: [] }, basename(uri.path), this.#services);
  }

  /** The file or folder chosen in the explorer or shown in the editor, or one that is asked for. */
  async #inspect(what: unknown): Promise<void> {
    const uri = what instanceof vscode.Uri ? what : await this.#choose();
    if (!uri) return;
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) === 0) {
      const isTable = /\.(parquet|arrow)$/i.test(uri.path);
      await vscode.commands.executeCommand('vscode.openWith', uri, isTable ? DATASET_VIEW : TEXT_VIEW);
      return;
    }
    const open = [...this.#folders].find(({ path }) => path === uri.fsPath);
    if (open) return open.panel.reveal();
    const panel = vscode.window.createWebviewPanel(FOLDER_VIEW, basename(uri.fsPath), vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    this.#adoptFolder(panel, { path: uri.fsPath, added: [] });
  }

  async #choose(): Promise<vscode.Uri | undefined> {
    const active = vscode.window.activeTextEditor?.document.uri;
    if (active?.scheme === 'file' && DATA.test(active.path)) return active;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: 'Choose a data file, or a folder of them',
        openLabel: 'Inspect Data Set',
        canSelectFiles: true,
        canSelectFolders: true,
        ...(folder ? { defaultUri: folder } : {}),
      })) ?? [];
    return chosen;
  }

  #adoptFolder(panel: vscode.WebviewPanel, memory: DatasetPageMemory): void {
    panel.iconPath = clozeIcon(this.#services.context.extensionUri);
    panel.title = basename(memory.path);
    const adopted = new DatasetPanel(panel, memory, basename(memory.path), this.#services);
    this.#folders.add(adopted);
    panel.onDidDispose(() => this.#folders.delete(adopted));
  }
}

const DATA = /\.(txt|text|jsonl|ndjson|csv|tsv|json|parquet|arrow)(\.gz|\.zst)?$/i;

/** What the page saved, read back with care: it may be from another version. */
function readMemory(saved: unknown): DatasetPageMemory | null {
  const { path, added } = (saved ?? {}) as Partial<DatasetPageMemory>;
  if (typeof path !== 'string' || path === '') return null;
  return { path, added: Array.isArray(added) ? added.filter((one) => typeof one === 'string') : [] };
}
