// The text of a row as a read-only document, so that everything for editors works on it: masks, boundaries, counts.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetSource } from '../../protocol/dataset-contract.ts';
import { toWireError } from '../../protocol/rpc.ts';
import type { EngineClient } from '../engine-client.ts';

const SCHEME = 'cloze-row';
/** Characters of a text that an editor gets. */
const LONGEST = 5_000_000;

interface RowAddress {
  readonly source: DatasetSource;
  readonly place: number;
  readonly column: string;
}

/** Shows the text of the row at `place`, selected, with its masks beside. */
export async function showRow(source: DatasetSource, place: number, column: string): Promise<void> {
  const name = `${basename(source.files[0] as string)} row ${place + 1}`;
  const query = JSON.stringify({ source, place, column } satisfies RowAddress);
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query });
  const document = await vscode.workspace.openTextDocument(uri);
  const end = document.lineAt(document.lineCount - 1).range.end;
  const selection = new vscode.Range(new vscode.Position(0, 0), end);
  await vscode.window.showTextDocument(document, { selection, preview: true });
  await vscode.commands.executeCommand('cloze.inspectMasking');
}

/** Gives these documents their text, also after a reload of the window. */
export function registerRowDocuments(engine: EngineClient): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent(uri) {
      try {
        const { source, place, column } = JSON.parse(uri.query) as RowAddress;
        const { columns } = await engine.call('dataset.open', { source });
        const index = columns.findIndex(({ name }) => name === column);
        const { text } = await engine.call('dataset.cell', { source, place, column: index, limit: LONGEST });
        return text ?? '';
      } catch (error) {
        return `The row cannot be shown: ${toWireError(error).message}`;
      }
    },
  });
}
