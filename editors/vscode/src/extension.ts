// The client: starts `clearway lsp` and gives it the texts; whatever is known of the language, the server knows.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, Location, Position, ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("clearway.restart", restart),
    vscode.commands.registerCommand("clearway.graph", showGraph),
    vscode.commands.registerCommand("clearway.showReferences", showReferences),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("clearway.path")) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

function program(): string {
  return vscode.workspace.getConfiguration("clearway").get<string>("path", "clearway");
}

async function start(): Promise<void> {
  const server: ServerOptions = { command: program(), args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "clearway" },
      { scheme: "file", pattern: "**/clearway.toml" },
    ],
    initializationOptions: { showReferences: true },
  };
  client = new LanguageClient("clearway", "Clearway", server, options);
  try {
    await client.start();
  } catch (error) {
    const choice = await vscode.window.showErrorMessage(
      `\`${program()} lsp\` does not start: ${error instanceof Error ? error.message : String(error)}`,
      "Settings",
    );
    if (choice === "Settings") {
      await vscode.commands.executeCommand("workbench.action.openSettings", "clearway.path");
    }
  }
}

async function restart(): Promise<void> {
  await client?.dispose();
  await start();
}

/** What a lens above a declaration does. */
async function showReferences(uri: string, position: Position, places: Location[]): Promise<void> {
  if (!client) {
    return;
  }
  const converter = client.protocol2CodeConverter;
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    converter.asUri(uri),
    converter.asPosition(position),
    places.map((place) => converter.asLocation(place)),
  );
}

/** The dependency graph of the project around the open text, as a diagram beside it. */
async function showGraph(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const path = document?.uri.scheme === "file" ? document.uri.fsPath : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (!path) {
    return;
  }
  let diagram: string;
  try {
    diagram = (await promisify(execFile)(program(), ["graph", "--format", "mermaid", path])).stdout;
  } catch (error) {
    // A spec with errors is drawn as far as it is understood.
    const output = (error as { stdout?: string }).stdout;
    if (!output) {
      await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return;
    }
    diagram = output;
  }
  const shown = await vscode.workspace.openTextDocument({ language: "markdown", content: "```mermaid\n" + diagram + "```\n" });
  await vscode.window.showTextDocument(shown, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}
