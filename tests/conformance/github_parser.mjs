// GitHub's own reading of workflow files: its parser and the checks of its language service.
//
// Standard input:  {"roots": [{"root": DIR, "files": [PATH below DIR, …]}, …], "actions": {"OWNER/NAME": PATH of its action.yml}}
// Standard output: [{"root", "file", "line", "column", "severity": "error" | "warning", "message"}, …]
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {FeatureFlags} from "@actions/expressions";
import {LogLevel, registerLogger, setLogLevel, validate} from "@actions/languageservice";
import {TextDocument} from "vscode-languageserver-textdocument";
import {parse} from "yaml";

const request = JSON.parse(readFileSync(0, "utf8"));
const findings = [];

// The language service swallows its own exceptions and would then report nothing: they are findings here.
const crashes = [];
registerLogger({error: message => crashes.push(message), warn() {}, info() {}, log() {}});
setLogLevel(LogLevel.Error);

// Names are compared as GitHub does, without regard to case.
const described = new Map(Object.entries(request.actions).map(([name, path]) => [name.toLowerCase(), path]));
const actionsMetadataProvider = {
  async fetchActionMetadata({owner, name, path}) {
    const file = path ? undefined : described.get(`${owner}/${name}`.toLowerCase());
    return file === undefined ? undefined : parse(readFileSync(file, "utf8"));
  }
};

async function judge() {
  for (const {root, files} of request.roots) {
    const fileProvider = {
      async getFileContent({path, owner}) {
        if (owner) throw new Error("only workflows of the same repository can be read here");
        return {name: path, content: readFileSync(join(root, path), "utf8")};
      }
    };
    for (const file of files) {
      const report = (line, column, severity, message) => findings.push({root, file, line, column, severity, message});
      const uri = `file://${encodeURI(join(root, file))}`;
      const document = TextDocument.create(uri, "yaml", 1, readFileSync(join(root, file), "utf8"));
      crashes.length = 0;
      try {
        const diagnostics = await validate(document, {
          fileProvider,
          actionsMetadataProvider,
          featureFlags: new FeatureFlags({blockScalarChompingWarning: true})
        });
        for (const {range, severity = 1, message} of diagnostics) {
          // 1 is an error and 2 a warning; 3 and 4 are information, such as what a cron expression means in words.
          if (severity <= 2) {
            const where = range?.start ?? {line: 0, character: 0};
            report(where.line + 1, where.character + 1, severity === 1 ? "error" : "warning", message);
          }
        }
      } catch (error) {
        crashes.push(error.message);
      }
      for (const crash of crashes) report(1, 1, "error", `the language service could not finish: ${crash}`);
    }
  }
}

judge().then(() => process.stdout.write(JSON.stringify(findings)));
