// Puts `cloze` on the PATH of VS Code's terminals: the command line of this very installation.
import { delimiter } from 'node:path';
import type { ExtensionContext } from 'vscode';

export function offerInTerminals(context: ExtensionContext): void {
  const variables = context.environmentVariableCollection;
  variables.clear();
  variables.description = 'Adds the command `cloze`.';
  variables.append('PATH', `${delimiter}${context.asAbsolutePath('bin')}`);
  // bin/cloze runs it with VS Code's own Node: people need none of their own.
  variables.replace('CLOZE_NODE', process.execPath);
}
