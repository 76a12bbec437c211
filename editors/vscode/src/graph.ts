// The dependency graph of the project around the open text, as a picture beside it. It is drawn again when a spec is saved.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";

export async function showGraph(program: string): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const path = document?.uri.scheme === "file" ? document.uri.fsPath : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (!path) {
    return;
  }
  const panel = vscode.window.createWebviewPanel("clearway.graph", "Dependencies", vscode.ViewColumn.Beside, {});
  const draw = async (): Promise<void> => {
    panel.webview.html = page(await drawn(program, path));
  };
  const saved = vscode.workspace.onDidSaveTextDocument(async (text) => {
    if (text.languageId === "clearway") {
      await draw();
    }
  });
  panel.onDidDispose(() => saved.dispose());
  await draw();
}

/** The picture; where there is none, why not. */
async function drawn(program: string, path: string): Promise<string> {
  try {
    return (await promisify(execFile)(program, ["graph", "--format", "svg", path], { maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    // A spec with errors is drawn as far as it is understood.
    const output = (error as { stdout?: string }).stdout;
    return output || `<pre>${escaped(error instanceof Error ? error.message : String(error))}</pre>`;
  }
}

/** Nothing is run and nothing is loaded in it: the picture brings its own style. */
function page(content: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>Dependencies</title></head>
<body>${content}</body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
