//! What the parser makes of good and of broken text.

use clearway_syntax::{Item, Statement, parse};

fn errors(text: &str) -> Vec<String> {
    parse(text)
        .syntax_errors()
        .map(|error| format!("{}: {} @ `{}`", error.code.id(), error.message, &text[error.span.range()]))
        .collect()
}

fn outline(text: &str) -> Vec<String> {
    parse(text)
        .items()
        .map(|(_, item)| match item {
            Item::Use(item) => format!("use {}", item.path.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(".")),
            Item::Let(item) => format!("let {}", item.name.text),
            Item::Declaration(item) => {
                let body: Vec<_> = item
                    .body
                    .statements
                    .iter()
                    .map(|statement| match statement {
                        Statement::Let(item) => format!("let {}", item.name.text),
                        Statement::Field(field) => format!("{}=", field.name.text),
                        Statement::Clause(clause) => format!("{}/{}", clause.keyword.text, clause.operands.len()),
                    })
                    .collect();
                format!("{} {} {body:?}", item.kind.text, item.name.as_ref().map_or("-", |n| n.text.as_str()))
            }
        })
        .collect()
}

#[test]
fn probe() {
    for text in [
        "service a {\n  version = = 2\n}\n",
        "service a {\n  version =\n  owner = b\n}\n",
        "service a {\n  version = 1.0\n\nservice b {\n  version = 2.0\n}\n",
        "service a {\n  build {\n    run = \"x\"\n  owner = c\n}\nservice b {\n}\n",
        "service a {\n  x = 1\n}\n  y = 2\n}\nservice b {\n}\n",
        "service a\n  x = 1\n}\nservice b {\n}\n",
        "service a\n{\n  x = 1\n}\nservice b {\n}\n",
        "service a {\n  x = \"abc\n  y = 2\n}\nservice b {\n}\n",
        "service a {\n  x = \"\"\"abc\n  y = 2\n}\nservice b {\n}\n",
        "service a {\n  /* abc\n  y = 2\n}\nservice b {\n}\n",
        "service a {\n  x = [1, 2\n  y = 2\n}\nservice b {\n}\n",
        "service a {\n  step board need = 2\n  owner: b\n  x = a,\n  y = 'z'\n  p = a/*.xml\n q = 5-3\n r = 3.4.x\n s = a && b\n}\n",
        "service a {\n  x = { a = 1 }\n  y = xs[0]\n z = \"${{ secrets.X }}\"\n  c = a < b < c\n}\n",
        "service\n",
        "service x {} service y {}\n}\n",
        "service x {\nversion = 1.0.0\nstage y {\n}\n}\n",
        "service x {\nversion = = 1.0.0\nstage y {\n}\n}\n",
        "gate g {\n  x = 1\nservice b {\n  y = 2\n}\n}\n",
        "garbage here\nservice b {\n  y = 2\n}\n",
        "use a.b.\nservice b {\n  y = 2\n}\n",
        "a { b c { d } e = f g h i for 10 m }",
        "service a { requires x >=1.2, <3; requires y ^1 or ^2\n}",
    ] {
        println!("--------\n{text}=> {:?}\n=> {:#?}", outline(text), errors(text));
    }
}
