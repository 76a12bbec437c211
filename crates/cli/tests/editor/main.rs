//! The language server as an editor sees it: messages over standard input and output.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and it writes the projects it opens"
)]

mod client;

use std::fs;
use std::path::{Path, PathBuf};

use client::{Client, position, uri};
use serde_json::{Value, json};
use tempfile::TempDir;

const PEOPLE: &str = "/// They take the money.\nteam payments { members = [ana, ben] }\n";
const LEDGER: &str = "service ledger {\n  version = 2.3.1\n  provides api 2.3.1\n}\n";
const CHECKOUT: &str = "use people.payments\n\nservice checkout {\n  owner = payments\n  version = 3.4.0\n  requires ledger.api ^2.1\n}\n";

/// A project on the disk.
fn project() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("clearway.toml"), "[project]\nname = \"shop\"\n").unwrap();
    fs::write(root.join("people.cw"), PEOPLE).unwrap();
    fs::write(root.join("ledger.cw"), LEDGER).unwrap();
    fs::write(root.join("checkout.cw"), CHECKOUT).unwrap();
    (folder, root)
}

fn messages(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic["message"].as_str().unwrap()).collect()
}

fn is_empty(found: &[Value]) -> bool {
    found.is_empty()
}

fn some(found: &[Value]) -> bool {
    !found.is_empty()
}

#[test]
fn mistakes_come_and_go_as_one_types_across_files() {
    let (_folder, root) = project();
    let (mut client, answer) = Client::start(&["utf-16"]);
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    let checkout = client.open(&root.join("checkout.cw"), &CHECKOUT.replace("^2.1", "^3"));
    let found = client.diagnostics(&checkout, some);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "CW0402", "{found:?}");
    assert_eq!(found[0]["range"]["start"], json!({ "line": 5, "character": 22 }));
    // What is open and not saved counts, in every file.
    let ledger = client.open(&root.join("ledger.cw"), LEDGER);
    client.replace(&ledger, 2, &LEDGER.replace("api 2.3.1", "api 3.0.0"));
    client.diagnostics(&checkout, is_empty);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": ledger } }));
    client.diagnostics(&checkout, some);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn edits_are_ranges_in_the_encoding_that_was_agreed() {
    let (_folder, root) = project();
    for (encoding, character) in [("utf-8", 10), ("utf-16", 8)] {
        let (mut client, answer) = Client::start(&[encoding]);
        assert_eq!(answer["capabilities"]["positionEncoding"], encoding);
        let text = "// 🚀 x\r\nteam a { members = [ana] }\r\n";
        let team = client.open(&root.join("new.cw"), text);
        // The comment's last letter goes, and a mistake comes.
        let range = json!({ "start": { "line": 0, "character": character - 2 }, "end": { "line": 0, "character": character } });
        let changes = json!([
            { "range": range, "text": "" },
            { "range": { "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 4 } }, "text": "teem" },
        ]);
        client.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": team, "version": 2 }, "contentChanges": changes }),
        );
        let found = client.diagnostics(&team, some);
        assert!(messages(&found)[0].starts_with("there is no kind of declaration `teem`"), "{found:?}");
        assert_eq!(found[0]["range"]["end"], json!({ "line": 1, "character": 4 }));
        assert_eq!(client.stop(), Some(0));
    }
}

#[test]
fn files_that_change_outside_are_read_again() {
    let (_folder, root) = project();
    let (mut client, _) = Client::start(&[]);
    let checkout = client.open(&root.join("checkout.cw"), &CHECKOUT.replace("^2.1", "^3"));
    client.diagnostics(&checkout, some);
    let tell = |client: &mut Client, name: &str| {
        let change = json!([{ "uri": uri(&root.join(name)), "type": 2 }]);
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": change }));
    };
    fs::write(root.join("ledger.cw"), LEDGER.replace("2.3.1", "3.0.0")).unwrap();
    tell(&mut client, "ledger.cw");
    client.diagnostics(&checkout, is_empty);
    fs::remove_file(root.join("ledger.cw")).unwrap();
    tell(&mut client, "ledger.cw");
    let found = client.diagnostics(&checkout, some);
    assert!(messages(&found)[0].contains("`ledger`"), "{found:?}");
    fs::write(root.join("other.cw"), LEDGER.replace("2.3.1", "3.0.0")).unwrap();
    tell(&mut client, "other.cw");
    client.diagnostics(&checkout, is_empty);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_file_without_a_project_is_one_of_its_own_until_a_manifest_appears() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("people.cw"), PEOPLE).unwrap();
    let (mut client, _) = Client::start(&[]);
    let text = "use people.payments\nservice a {\n  version = 1.0.0\n  owner = payments\n}\n";
    let alone = client.open(&root.join("a.cw"), text);
    assert!(messages(&client.diagnostics(&alone, some))[0].contains("there is no module `people`"));
    fs::write(root.join("clearway.toml"), "[project]\nname = \"shop\"\n").unwrap();
    let change = json!([{ "uri": uri(&root.join("clearway.toml")), "type": 1 }]);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": change }));
    client.diagnostics(&alone, is_empty);
    // A text that was never saved.
    let document = json!({ "uri": "untitled:Untitled-1", "languageId": "clearway", "version": 1, "text": "teem a { }\n" });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    client.diagnostics("untitled:Untitled-1", some);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": "untitled:Untitled-1" } }));
    client.diagnostics("untitled:Untitled-1", is_empty);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn names_lead_somewhere_and_can_be_changed_in_all_files() {
    let (_folder, root) = project();
    let (mut client, _) = Client::start(&["utf-16"]);
    let checkout = client.open(&root.join("checkout.cw"), CHECKOUT);
    let hover = client.at("textDocument/hover", &checkout, CHECKOUT, "payments\n  version");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("They take the money."), "{hover}");
    let place = client.at("textDocument/definition", &checkout, CHECKOUT, "ledger.api");
    assert_eq!(place["uri"], uri(&root.join("ledger.cw")));
    assert_eq!(place["range"]["start"], json!({ "line": 0, "character": 8 }));
    let at = position(CHECKOUT, CHECKOUT.find("ledger.api").unwrap());
    let document = json!({ "uri": checkout });
    let context = json!({ "includeDeclaration": false });
    let places = client.request(
        "textDocument/references",
        json!({ "textDocument": document, "position": at, "context": context }),
    );
    assert_eq!(places.as_array().unwrap().len(), 1, "{places}");
    let edit = client.request(
        "textDocument/rename",
        json!({ "textDocument": document, "position": at, "newName": "book" }),
    );
    let changes = edit["changes"].as_object().unwrap();
    assert_eq!(changes.len(), 2, "{edit}");
    assert_eq!(changes[&uri(&root.join("ledger.cw"))][0]["newText"], "book");
    let id = client.ask(
        "textDocument/rename",
        json!({ "textDocument": document, "position": at, "newName": "checkout" }),
    );
    let refused = client.answer(id);
    assert!(refused["error"]["message"].as_str().unwrap().contains("is taken"), "{refused}");
    let symbols = client.request("textDocument/documentSymbol", json!({ "textDocument": document }));
    assert_eq!(symbols[0]["name"], "checkout");
    assert_eq!(symbols[0]["children"][2]["name"], "requires ledger.api");
    let symbols = client.request("workspace/symbol", json!({ "query": "ldg" }));
    assert_eq!(symbols[0]["name"], "ledger");
    let edits = client.request(
        "textDocument/formatting",
        json!({ "textDocument": document, "options": { "tabSize": 2, "insertSpaces": true } }),
    );
    assert_eq!(edits[0]["newText"], "  owner   = payments\n");
    // Into the library, which is part of the program: its text can be read.
    let gate = "gate g {\n  require tests.pass-rate >= 95%\n}\n";
    let gates = client.open(&root.join("gates.cw"), gate);
    let place = client.at("textDocument/definition", &gates, gate, "pass-rate");
    let library = place["uri"].as_str().unwrap().strip_prefix("file://").unwrap();
    assert!(fs::read_to_string(library).unwrap().contains("metric tests.pass-rate"), "{library}");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn one_who_writes_is_helped() {
    let (_folder, root) = project();
    let (mut client, answer) = Client::start(&["utf-16"]);
    assert!(answer["capabilities"]["codeLensProvider"].is_null(), "this client has no command for it");
    let text = "service basket {\n  version = 1.0.0\n  owner = \n  requires ledger.api ^3\n}\n";
    let basket = client.open(&root.join("basket.cw"), text);
    let document = json!({ "uri": basket });
    let at = position(text, text.find(" \n  requires").unwrap() + 1);
    let found =
        client.request("textDocument/completion", json!({ "textDocument": document, "position": at }));
    let payments = found.as_array().unwrap().iter().find(|item| item["label"] == "payments").unwrap();
    assert_eq!(payments["additionalTextEdits"][0]["newText"], "use people.payments\n\n");
    assert_eq!(payments["textEdit"]["range"], json!({ "start": at, "end": at }));
    client.replace(&basket, 2, &text.replace("owner = ", "owner = payment"));
    // What was told of the text before it was changed may come first.
    let is_meant = |told: &Value| told["message"].as_str().unwrap().contains("`payment`");
    let found = client.diagnostics(&basket, |found| found.iter().any(is_meant));
    let range = &found.iter().find(|told| is_meant(told)).unwrap()["range"];
    let ask = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } });
    let actions = client.request("textDocument/codeAction", ask);
    let titles: Vec<_> =
        actions.as_array().unwrap().iter().map(|action| action["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"Declare team `payment`"), "{titles:?}");
    let tokens = client.request("textDocument/semanticTokens/full", json!({ "textDocument": document }));
    assert_eq!(tokens["data"].as_array().unwrap()[..5], [0, 0, 7, 0, 0], "{tokens}");
    let folds = client.request("textDocument/foldingRange", json!({ "textDocument": document }));
    assert_eq!((&folds[0]["startLine"], &folds[0]["endLine"]), (&json!(0), &json!(3)), "{folds}");
    let ranges =
        client.request("textDocument/selectionRange", json!({ "textDocument": document, "positions": [at] }));
    assert!(ranges[0]["parent"].is_object(), "{ranges}");
    let ledger = client.open(&root.join("ledger.cw"), LEDGER);
    let item = client.at("textDocument/prepareCallHierarchy", &ledger, LEDGER, "ledger");
    let calls = client.request("callHierarchy/incomingCalls", json!({ "item": item[0] }));
    let names: Vec<_> =
        calls.as_array().unwrap().iter().map(|call| call["from"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["basket", "checkout"]);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_project_that_cannot_be_read_is_told_and_a_request_about_nothing_has_no_answer() {
    let (_folder, root) = project();
    fs::write(root.join("broken.cw"), [0xff, 0xfe]).unwrap();
    let (mut client, _) = Client::start(&[]);
    let people = client.open(&root.join("people.cw"), PEOPLE);
    let message = client.wait(|message| message["method"] == "window/showMessage");
    assert!(message["params"]["message"].as_str().unwrap().contains("broken.cw"), "{message}");
    let hover = client.at("textDocument/hover", &people, PEOPLE, "payments");
    assert!(hover["contents"]["value"].as_str().unwrap().contains("team payments"), "{hover}");
    let unknown = uri(&root.join("unknown.cw"));
    assert_eq!(client.at("textDocument/hover", &unknown, "x", "x"), Value::Null);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn an_editor_that_asks_is_told_what_it_asks_for_and_when_to_ask_again() {
    let (_folder, root) = project();
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
        "window": { "workDoneProgress": true },
    });
    let (mut client, answer) = Client::start_with(capabilities, Value::Null);
    assert_eq!(answer["capabilities"]["diagnosticProvider"]["interFileDependencies"], true);
    let checkout = client.open(&root.join("checkout.cw"), &CHECKOUT.replace("^2.1", "^3"));
    let progress = |kind: &'static str| {
        move |message: &Value| message["method"] == "$/progress" && message["params"]["value"]["kind"] == kind
    };
    let begun = client.wait(progress("begin"));
    assert_eq!(begun["params"]["value"]["title"], "Checking shop");
    client.wait(progress("end"));
    let asked = |client: &mut Client, uri: &str| {
        let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
        assert_eq!(report["kind"], "full");
        report["items"].as_array().unwrap().clone()
    };
    let found = asked(&mut client, &checkout);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "CW0402");
    // What happens elsewhere changes what there is to tell here: the editor is told to ask again.
    let ledger = client.open(&root.join("ledger.cw"), LEDGER);
    client.replace(&ledger, 2, &LEDGER.replace("api 2.3.1", "api 3.0.0"));
    client.wait(|message| message["method"] == "workspace/diagnostic/refresh");
    assert_eq!(asked(&mut client, &checkout), [Value::Null; 0]);
    // A file that is not open is told of without being asked for.
    client.replace(&ledger, 3, LEDGER);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": checkout } }));
    fs::write(root.join("checkout.cw"), CHECKOUT.replace("^2.1", "^3")).unwrap();
    let change = json!({ "changes": [{ "uri": checkout, "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", change);
    assert_eq!(client.diagnostics(&checkout, some).len(), 1);
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn times_are_those_of_the_zone_that_is_set() {
    let (_folder, root) = project();
    let text = "window nights { hours = 22:00..23:00  timezone = \"Europe/Berlin\" }\n";
    let (mut client, _) = Client::start_with(json!({}), json!({ "timezone": "Asia/Tokyo" }));
    let uri = client.open(&root.join("windows.cw"), text);
    let shown = |client: &mut Client| {
        client.at("textDocument/hover", &uri, text, "nights")["contents"]["value"].to_string()
    };
    // Tokyo is seven or eight hours ahead of Berlin.
    let tokyo = shown(&mut client);
    assert!(tokyo.contains("05:00") || tokyo.contains("06:00"), "{tokyo}");
    let settings = json!({ "settings": { "clearway": { "timezone": "Europe/Berlin" } } });
    client.notify("workspace/didChangeConfiguration", settings);
    let berlin = shown(&mut client);
    assert!(berlin.contains("22:00") && !berlin.contains("for you"), "{berlin}");
    let nowhere = json!({ "settings": { "clearway": { "timezone": "Mars/Olympus" } } });
    client.notify("workspace/didChangeConfiguration", nowhere);
    let told = client.wait(|message| message["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("Mars/Olympus"), "{told}");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn what_a_declaration_becomes_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-boutique");
    let path = root.canonicalize().unwrap().join("gates.cw");
    let text = fs::read_to_string(&path).unwrap();
    let (mut client, _) = Client::start(&["utf-16"]);
    let uri = client.open(&path, &text);
    let ask = |client: &mut Client, target: &str| {
        let at = position(&text, text.find("gate tests").unwrap());
        client.ask(
            "clearway/pipeline",
            json!({ "textDocument": { "uri": uri }, "position": at, "target": target }),
        )
    };
    let id = ask(&mut client, "github");
    let answer = client.answer(id);
    let first = &answer["result"][0];
    assert_eq!(first["path"], ".github/workflows/shop.yml");
    let line = first["lines"][0].as_u64().unwrap() as usize;
    let emitted = first["text"].as_str().unwrap().lines().nth(line).unwrap();
    assert!(emitted.contains("tests"), "line {line}: {emitted}");
    let id = ask(&mut client, "jenkins");
    let refused = client.answer(id)["error"]["message"].to_string();
    assert!(refused.contains("there are github, gitlab, argo"), "{refused}");
    client.replace(&uri, 2, &text.replace("require", "requires"));
    let id = ask(&mut client, "github");
    let refused = client.answer(id)["error"]["message"].to_string();
    assert!(refused.contains("nothing is built for github while something is wrong"), "{refused}");
    assert_eq!(client.stop(), Some(0));
}
