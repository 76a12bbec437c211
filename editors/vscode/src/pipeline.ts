// What the declaration under the cursor becomes: the emitted files as documents that nobody can edit, which follow the text.

import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

/** A file that `clearway build` would write, and the lines in which parts begin that come from the declaration. */
interface Emitted {
  path: string;
  text: string;
  lines: number[];
}

const SCHEME = "clearway";

export class Pipelines implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable[];
  private readonly marks = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
  });
  /** The declaration that is shown. */
  private shown: { document: vscode.TextDocument; position: vscode.Position } | undefined;

  readonly onDidChange = this.changed.event;

  constructor(private readonly client: () => LanguageClient | undefined) {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidSaveTextDocument(async (text) => {
        if (text.languageId === "clearway" && this.shown) {
          await this.refresh();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.registrations, this.changed, this.marks).dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== "clearway") {
      return;
    }
    this.shown = { document: editor.document, position: editor.selection.active };
    const files = await this.refresh();
    if (!files) {
      return;
    }
    const found = files.filter((file) => file.lines.length > 0);
    const file = await chosen(found.length > 0 ? found : files);
    if (!file) {
      return;
    }
    const document = await vscode.workspace.openTextDocument(address(file));
    const beside = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
    const places = file.lines.map((line) => document.lineAt(line).range);
    beside.setDecorations(this.marks, places);
    if (places[0]) {
      beside.selection = new vscode.Selection(places[0].start, places[0].start);
      beside.revealRange(places[0], vscode.TextEditorRevealType.InCenter);
    }
  }

  /** Asks the server again; what cannot be built leaves what is shown as it is. */
  private async refresh(): Promise<Emitted[] | undefined> {
    const client = this.client();
    if (!client || !this.shown) {
      return undefined;
    }
    const { document, position } = this.shown;
    const target = vscode.workspace.getConfiguration("clearway").get<string>("target", "github");
    let files: Emitted[] | null;
    try {
      files = await client.sendRequest<Emitted[] | null>("clearway/pipeline", {
        textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
        position: client.code2ProtocolConverter.asPosition(position),
        target,
      });
    } catch (error) {
      await vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
      return undefined;
    }
    for (const file of files ?? []) {
      const uri = address(file);
      if (this.texts.get(uri.toString()) !== file.text) {
        this.texts.set(uri.toString(), file.text);
        this.changed.fire(uri);
      }
    }
    return files ?? undefined;
  }
}

function address(file: Emitted): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${file.path}` });
}

async function chosen(files: Emitted[]): Promise<Emitted | undefined> {
  if (files.length < 2) {
    return files[0];
  }
  const items = files.map((file) => ({ label: file.path, description: told(file.lines.length), file }));
  return (await vscode.window.showQuickPick(items, { title: "Which file?" }))?.file;
}

function told(count: number): string {
  return count === 0 ? "" : `${count} ${count === 1 ? "place" : "places"}`;
}
