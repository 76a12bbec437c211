//! Where something stands in a file of YAML: keys and names lead to a line, and a line leads back to them.

use granit_parser::{Event, Parser};

/// What nests deeper is not looked into: no product reads so deep.
const DEEPEST: usize = 64;

/// The places of a file. A key leads into a map, an item's `name` or its number into a list. Of several documents in a file, `KIND/NAME` leads
/// into one of Kubernetes.
#[derive(Debug, Clone, Default)]
pub struct Places {
    documents: Vec<Node>,
}

#[derive(Debug, Clone)]
struct Node {
    line: usize,
    value: Value,
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
}

impl Places {
    /// The places of a text. What is no YAML has those of the part before that.
    pub fn of(text: &str) -> Self {
        let mut places = Self::default();
        let mut open = Open::default();
        for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
            let line = span.start.line();
            match event {
                Event::Scalar(text, ..) => open.value(Node { line, value: Value::Text(text.into_owned()) }),
                Event::Alias(_) => open.value(Node { line, value: Value::Text(String::new()) }),
                Event::MappingStart(..) => open.enter(Node { line, value: Value::Map(Vec::new()) }),
                Event::SequenceStart(..) => open.enter(Node { line, value: Value::List(Vec::new()) }),
                Event::MappingEnd | Event::SequenceEnd => open.leave(),
                Event::DocumentEnd => places.documents.extend(open.done.take()),
                _ => {}
            }
        }
        // A text that breaks off has not closed what it is in.
        while !open.frames.is_empty() {
            open.leave();
        }
        places.documents.extend(open.done.take());
        places
    }

    /// The line of as much of a path as is there; the first line where nothing of it is.
    pub fn line<S: AsRef<str>>(&self, path: &[S]) -> usize {
        let found = self.documents.iter().map(|document| {
            let own = document.id().is_some_and(|id| path.first().is_some_and(|first| first.as_ref() == id));
            let path = if own { path.get(1..).unwrap_or_default() } else { path };
            let (depth, line) = document.follow(path);
            (depth + usize::from(own), line)
        });
        let best = found.reduce(|best, other| if other.0 > best.0 { other } else { best });
        best.filter(|(depth, _)| *depth > 0).map_or(1, |(_, line)| line)
    }

    /// Everything that has a path, in the order of the file, with the line in which it begins.
    pub fn walk(&self, visit: &mut dyn FnMut(&[String], usize)) {
        for document in &self.documents {
            let mut path: Vec<String> = document.id().into_iter().collect();
            if !path.is_empty() {
                visit(&path, document.line);
            }
            document.walk(&mut path, visit);
        }
    }

    /// The path to what stands in a line.
    pub fn at(&self, line: usize) -> Vec<String> {
        let Some(document) = self.documents.iter().rev().find(|document| document.line <= line) else {
            return Vec::new();
        };
        let mut path: Vec<String> = document.id().into_iter().collect();
        let mut node = document;
        while let Some((name, next)) = node.child_at(line) {
            path.push(name);
            node = next;
        }
        path
    }
}

impl Node {
    fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, node)| node),
            Value::List(items) => {
                let mut named = items.iter().enumerate();
                named.find(|(number, item)| item.name(*number) == key).map(|(_, item)| item)
            }
            Value::Text(_) => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What leads to an item of a list.
    fn name(&self, number: usize) -> String {
        let name = if matches!(self.value, Value::Map(_)) { self.text("name") } else { None };
        name.map_or_else(|| number.to_string(), str::to_owned)
    }

    /// What a document of Kubernetes is known by.
    fn id(&self) -> Option<String> {
        Some(format!("{}/{}", self.text("kind")?, self.get("metadata")?.text("name")?))
    }

    fn walk(&self, path: &mut Vec<String>, visit: &mut dyn FnMut(&[String], usize)) {
        let mut enter = |name: String, node: &Self| {
            path.push(name);
            visit(path, node.line);
            node.walk(path, visit);
            path.pop();
        };
        match &self.value {
            Value::Text(_) => {}
            Value::Map(entries) => entries.iter().for_each(|(name, node)| enter(name.clone(), node)),
            Value::List(items) => {
                items.iter().enumerate().for_each(|(number, node)| enter(node.name(number), node));
            }
        }
    }

    fn follow<S: AsRef<str>>(&self, path: &[S]) -> (usize, usize) {
        let (mut depth, mut node) = (0, self);
        while let Some(next) = path.get(depth).and_then(|key| node.get(key.as_ref())) {
            depth += 1;
            node = next;
        }
        (depth, node.line)
    }

    /// The part that a line belongs to: the last that begins in it or before.
    fn child_at(&self, line: usize) -> Option<(String, &Self)> {
        match &self.value {
            Value::Text(_) => None,
            Value::Map(entries) => {
                let found = entries.iter().rev().find(|(_, node)| node.line <= line)?;
                Some((found.0.clone(), &found.1))
            }
            Value::List(items) => {
                let mut all = items.iter().enumerate().rev();
                let (number, found) = all.find(|(_, node)| node.line <= line)?;
                Some((found.name(number), found))
            }
        }
    }
}

/// What is open while a text is read.
#[derive(Default)]
struct Open {
    frames: Vec<Frame>,
    /// How many levels are open that are not looked into.
    deeper: usize,
    done: Option<Node>,
}

struct Frame {
    node: Node,
    /// The key whose value comes next, with its line.
    key: Option<(String, usize)>,
}

impl Open {
    fn enter(&mut self, node: Node) {
        if self.deeper > 0 || self.frames.len() >= DEEPEST {
            self.deeper += 1;
        } else {
            self.frames.push(Frame { node, key: None });
        }
    }

    fn leave(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
            if self.deeper > 0 {
                return;
            }
            let line = self.frames.last().map_or(1, |frame| frame.node.line);
            self.value(Node { line, value: Value::Text(String::new()) });
        } else if let Some(frame) = self.frames.pop() {
            self.value(frame.node);
        }
    }

    fn value(&mut self, mut node: Node) {
        if self.deeper > 0 {
            return;
        }
        let Some(frame) = self.frames.last_mut() else {
            self.done = Some(node);
            return;
        };
        match (&mut frame.node.value, frame.key.take()) {
            (Value::Map(entries), Some((key, line))) => {
                // What a key leads to is found where the key stands.
                node.line = line;
                entries.push((key, node));
            }
            (Value::Map(_), None) => {
                let key = if let Value::Text(text) = node.value { text } else { String::new() };
                frame.key = Some((key, node.line));
            }
            (Value::List(items), _) => items.push(node),
            (Value::Text(_), _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, Places};

    const TEXT: &str = "# head\njobs:\n  one:\n    if: a\n    steps:\n      - name: first\n        run: |\n          a\n          b\n      - run: c\n  two: {}\n";

    #[test]
    fn a_path_leads_to_a_line_and_a_line_to_a_path() {
        let places = Places::of(TEXT);
        for (path, line) in [
            (&["jobs", "one", "if"][..], 4),
            (&["jobs", "one", "steps", "first", "run"], 7),
            (&["jobs", "one", "steps", "1", "run"], 10),
            (&["jobs", "two"], 11),
        ] {
            assert_eq!(places.line(path), line, "{path:?}");
            assert_eq!(places.at(line), path);
        }
        assert_eq!(places.line(&["jobs", "one", "needs"]), 3, "as much as is there");
        assert_eq!(places.line(&["nothing"]), 1);
        assert_eq!(places.at(9), ["jobs", "one", "steps", "first", "run"], "within a text");
        assert_eq!(places.at(1), [""; 0]);
    }

    #[test]
    fn a_document_of_kubernetes_is_found_by_its_kind_and_name() {
        let text = "kind: Role\nmetadata:\n  name: a\nrules: []\n---\nkind: Role\nmetadata: { name: b }\nrules: []\n";
        let places = Places::of(text);
        assert_eq!(places.line(&["Role/b", "rules"]), 8);
        assert_eq!(places.at(8), ["Role/b", "rules"]);
        assert_eq!(places.at(4), ["Role/a", "rules"]);
    }

    #[test]
    fn no_text_is_too_deep_or_too_broken() {
        let deep = format!("a: {}1{}\nb: 2\n", "[".repeat(DEEPEST * 3), "]".repeat(DEEPEST * 3));
        assert_eq!(Places::of(&deep).line(&["b"]), 2);
        for text in [
            "",
            "a: [",
            "- - -",
            "? {a: b}\n: c",
            "a: &x 1\nb: *x\n",
            "\u{0}",
            "a: b: c",
            "jobs:\n  one:\n    if: \"x",
        ] {
            let places = Places::of(text);
            assert!(places.line(&["jobs", "one"]) <= 3);
            drop(places.at(2));
        }
        assert_eq!(
            Places::of("jobs:\n  one:\n    if: \"x").line(&["jobs", "one"]),
            2,
            "what stands before the break"
        );
    }
}
