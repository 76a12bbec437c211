/**
 * The shapes of Clearway for editors: what `grammar/clearway.pest` says, as far as colours, folds and indentation need it.
 *
 * Which kinds, fields, clauses, labels and units exist is not said here, as it is not there: `stdlib/` declares them. Where a text has two
 * readings that only white space tells apart, `src/scanner.c` decides.
 */

/* global grammar, seq, choice, repeat, repeat1, optional, field, prec, token, alias */

const PREC = { conditional: 1, or: 2, and: 3, not: 4, compare: 5, span: 6, add: 7, multiply: 8, negative: 9 };

const DIGITS = /\d+(_\d+)*(\.\d+)?/;

/** What stands between commas, over any number of lines; a last comma is allowed. */
const listed = (rule) => seq(rule, repeat(seq(",", rule)), optional(","));

module.exports = grammar({
  name: "clearway",

  word: ($) => $.identifier,

  extras: ($) => [/\s/, $.doc_comment, $.line_comment, $.block_comment],

  // Told apart by what is around them: see `src/scanner.c`, which has them in the same order.
  externals: ($) => [$._end, $.unit, $._assign, $.range, $.comparison, $._never],

  supertypes: ($) => [$._statement],

  rules: {
    source_file: ($) => repeat(choice($.use, $.let, $.declaration, ";")),

    // ── The four shapes ───────────────────────────────────────────────────────────────────────────────────────

    use: ($) =>
      seq(
        "use",
        field("module", $.module),
        optional(choice(field("names", $.use_names), seq("as", field("alias", $.identifier)))),
        $._end,
      ),
    module: ($) => seq($.identifier, repeat(seq(token.immediate("."), $._segment))),
    use_names: ($) => seq(token.immediate(".{"), listed($.identifier), "}"),

    let: ($) => seq("let", field("name", $.identifier), $._assign, field("value", $._expression), optional($._end)),

    declaration: ($) =>
      seq(
        field("kind", $.identifier),
        choice(
          seq(
            field("name", $.declaration_name),
            optional(field("parameters", $.parameters)),
            optional($.bases),
            repeat($._operand),
          ),
          optional($.bases),
        ),
        field("body", $.block),
      ),
    declaration_name: ($) => choice(seq($.identifier, repeat(seq(token.immediate("."), $._segment))), $.string),
    parameters: ($) => seq("(", optional(listed($.parameter)), ")"),
    parameter: ($) =>
      seq(
        field("name", $.identifier),
        ":",
        field("type", $._expression),
        optional(seq($._assign, field("default", $._expression))),
      ),
    bases: ($) => seq(":", $.path, repeat(seq(",", $.path))),

    block: ($) => seq("{", repeat(choice($._statement, ";")), "}"),
    _statement: ($) => choice($.let, $.field, $.clause),
    field: ($) =>
      prec.right(
        seq(
          field("name", $.identifier),
          $._assign,
          field("value", $._expression),
          optional(choice(field("body", $.block), $._end)),
        ),
      ),
    clause: ($) =>
      seq(
        field("keyword", $.identifier),
        repeat($._operand),
        optional(seq($.bases, repeat($._operand))),
        choice(field("body", $.block), $._end),
      ),
    _operand: ($) => choice($._expression, $.group, alias($._word, $.word)),
    // In a clause, commas outside brackets join values into one operand.
    group: ($) => prec.right(seq($._expression, repeat1(seq(",", $._expression)))),
    // What is reserved in expressions may still be a label: `alert slow for 10 m`.
    _word: (_) => choice("for", "in", "then", "else"),

    // ── Expressions ───────────────────────────────────────────────────────────────────────────────────────────

    _expression: ($) => choice($.binary, $.unary, $.conditional, $._primary),
    binary: ($) => {
      const of = (level, operator) =>
        prec.left(level, seq(field("left", $._expression), field("operator", operator), field("right", $._expression)));
      return choice(
        of(PREC.or, "or"),
        of(PREC.and, "and"),
        of(PREC.compare, choice("==", "!=", $.comparison)),
        of(PREC.span, ".."),
        // `a - b` subtracts, `a -b` is two operands, `a-b` is a name.
        of(PREC.add, choice("+", alias(token(prec(1, /-[ \t\r\n]/)), "-"))),
        of(PREC.multiply, choice("*", "/")),
      );
    },
    unary: ($) =>
      choice(
        prec(PREC.not, seq(field("operator", "not"), field("of", $._expression))),
        prec(PREC.negative, seq(field("operator", "-"), field("of", $._expression))),
      ),
    conditional: ($) =>
      prec.right(
        PREC.conditional,
        seq(
          "if",
          field("condition", $._expression),
          "then",
          field("consequence", $._expression),
          "else",
          field("alternative", $._expression),
        ),
      ),
    _primary: ($) =>
      choice(
        $.string,
        $.raw_string,
        $.date_time,
        $.date,
        $.time,
        $.version,
        $.percentage,
        $.quantity,
        $.number,
        $.range,
        $.list,
        $.parenthesized,
        $.boolean,
        $.path,
      ),
    parenthesized: ($) => seq("(", $._expression, ")"),
    list: ($) => seq("[", optional(choice($.comprehension, listed($._expression))), "]"),
    comprehension: ($) =>
      seq(
        "for",
        field("name", $.identifier),
        "in",
        field("source", $._expression),
        optional(seq("if", field("filter", $._expression))),
        ":",
        field("value", $._expression),
      ),
    path: ($) =>
      prec.right(
        seq($.identifier, repeat(seq(token.immediate("."), $._segment)), optional(field("arguments", $.arguments))),
      ),
    // A part after a dot may start with a digit: `http.5xx-rate`.
    _segment: ($) => alias(token.immediate(/[A-Za-z0-9_](-*[A-Za-z0-9_])*/), $.identifier),
    // A call has no space before its bracket.
    arguments: ($) => seq(token.immediate("("), optional(listed($.argument)), ")"),
    argument: ($) => seq(optional(seq(field("name", $.identifier), $._assign)), field("value", $._expression)),

    // ── Literals ──────────────────────────────────────────────────────────────────────────────────────────────

    boolean: (_) => choice("true", "false"),
    quantity: ($) => seq($.number, $.unit),
    number: (_) => token(DIGITS),
    percentage: (_) => token(seq(DIGITS, "%")),
    version: (_) => token(prec(1, /\d+(\.\d+){2,}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?/)),
    date_time: (_) => token(prec(1, /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?/)),
    date: (_) => token(prec(1, /\d{4}-\d{2}-\d{2}/)),
    time: (_) => token(prec(1, /\d{2}:\d{2}/)),

    string: ($) => seq('"', repeat(choice($._characters, $.escape, $.interpolation)), token.immediate('"')),
    _characters: (_) => token.immediate(prec(1, /([^"\\$\r\n]|\$[^{"\\$\r\n])+|\$/)),
    escape: (_) => token.immediate(prec(2, /\\(u\{[0-9A-Fa-f]{1,6}\}|[^\r\n])/)),
    interpolation: ($) => seq(token.immediate(prec(2, "${")), $._expression, "}"),
    raw_string: (_) => token(prec(2, /"""([^"]|"[^"]|""[^"])*"""/)),

    identifier: (_) => /[A-Za-z_](-*[A-Za-z0-9_])*/,

    doc_comment: (_) => token(prec(1, /\/\/\/([^\/\r\n][^\r\n]*)?/)),
    line_comment: (_) => token(/\/\/[^\r\n]*/),
    block_comment: (_) => token(/\/\*([^*]|\*+[^*\/])*\*+\//),
  },
});
