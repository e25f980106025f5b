const vscode = require('vscode');
exports.activate = (c) => {
  const o = vscode.window.createOutputChannel('Cloze', { log: true });
  o.info('hello from stub');
  c.subscriptions.push(
    vscode.window.createTreeView('cloze.v', {
      treeDataProvider: { getChildren: () => ['run one'], getTreeItem: (x) => ({ label: x, contextValue: 'r' }) },
    }),
  );
  c.subscriptions.push(
    vscode.commands.registerCommand('cloze.x', async () => {
      const s = vscode.window.activeTextEditor;
      const t = s ? s.document.getText(s.selection) : 'none';
      const p = vscode.window.createWebviewPanel('cloze.p', 'Cloze P', vscode.ViewColumn.Beside, {
        enableScripts: true,
      });
      p.webview.html = '<h1>' + t + '</h1>';
      const r = await vscode.window.showInformationMessage('told you', 'Open Chart');
      if (r) o.info('pressed');
      await vscode.env.clipboard.writeText('clip');
    }),
  );
};
