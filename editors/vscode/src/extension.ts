// The client: starts `clearway lsp` and gives it the texts; whatever is known of the language, the server knows.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, Location, Position, ServerOptions } from "vscode-languageclient/node";
import { showGraph } from "./graph";
import { Pipelines } from "./pipeline";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const pipelines = new Pipelines(() => client);
  context.subscriptions.push(
    pipelines,
    vscode.commands.registerCommand("clearway.restart", restart),
    vscode.commands.registerCommand("clearway.graph", () => showGraph(program())),
    vscode.commands.registerCommand("clearway.pipeline", () => pipelines.show()),
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

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("clearway");
}

function program(): string {
  return settings().get<string>("path", "clearway");
}

async function start(): Promise<void> {
  const server: ServerOptions = { command: program(), args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "clearway" }, { scheme: "file", pattern: "**/clearway.toml" }],
    initializationOptions: { showReferences: true, timezone: settings().get<string>("timezone", "") },
    synchronize: { configurationSection: "clearway" },
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
