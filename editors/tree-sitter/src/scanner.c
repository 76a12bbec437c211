// What only white space and the next characters tell apart: where a statement ends, whether a name after a number is its unit, and whether
// `>=1.2` is a range or a comparison. The rules are those of `grammar/clearway.pest`. Nothing is remembered between tokens.

#include "tree_sitter/parser.h"

#include <string.h>

// In the order of `externals` in `grammar.js`. The last is never asked for but when the parser recovers from a mistake.
enum Token { END, UNIT, ASSIGN, RANGE, COMPARISON, NEVER };

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_name(int32_t c) { return is_letter(c) || is_digit(c) || c == '-'; }
static bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

// Reads a name, at most 15 characters of it into `text`.
static void name(TSLexer *lexer, char text[16]) {
  unsigned length = 0;
  while (is_name(lexer->lookahead)) {
    if (length < 15) text[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  text[length] = 0;
}

static bool is_one_of(const char *text, const char *const *words) {
  for (; *words; words++) {
    if (strcmp(text, *words) == 0) return true;
  }
  return false;
}

// Whether what follows goes on with the expression of the line above. Of `<` and `>` that is told where they are read.
static bool goes_on(TSLexer *lexer) {
  static const char *const words[] = {"and", "or", "then", "else", NULL};
  int32_t first = lexer->lookahead;
  switch (first) {
    case '+': case '*':
      return true;
    case '=': case '!':
      advance(lexer);
      return lexer->lookahead == '=';
    case '.':
      advance(lexer);
      return lexer->lookahead == '.';
    case '-':
      advance(lexer);
      return is_space(lexer->lookahead) || lexer->lookahead == '\n';
    case 'a': case 'o': case 't': case 'e': {
      char text[16];
      name(lexer, text);
      return is_one_of(text, words);
    }
    default:
      return false;
  }
}

// At a line end: goes to the next line, over comment lines but over no blank one. A division that the next line starts with is all the same
// told here, as its sign was passed.
static bool next_line(TSLexer *lexer, bool *divides) {
  *divides = false;
  for (;;) {
    advance(lexer);
    while (is_space(lexer->lookahead)) advance(lexer);
    if (lexer->lookahead != '/') return true;
    advance(lexer);
    if (lexer->lookahead != '/') {
      *divides = lexer->lookahead != '*';
      return false;
    }
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    if (lexer->eof(lexer)) return false;
  }
}

// A name after a number on its line is a unit, unless it can only be something else: a field, an argument, a call.
static bool unit(TSLexer *lexer) {
  static const char *const reserved[] = {"and", "or",  "not", "if",   "then",  "else",
                                         "for", "in", "true", "false", NULL};
  char text[16];
  name(lexer, text);
  if (is_one_of(text, reserved)) return false;
  lexer->mark_end(lexer);
  if (lexer->lookahead == '/') {
    advance(lexer);
    if (is_letter(lexer->lookahead)) {
      name(lexer, text);
      lexer->mark_end(lexer);
    } else {
      return true;
    }
  }
  if (lexer->lookahead == '(' || lexer->lookahead == ':') return false;
  if (lexer->lookahead == '.') {
    advance(lexer);
    return lexer->lookahead == '.';
  }
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t') advance(lexer);
  if (lexer->lookahead != '=') return true;
  advance(lexer);
  return lexer->lookahead == '=';
}

static void version_parts(TSLexer *lexer) {
  while (is_name(lexer->lookahead) || lexer->lookahead == '.') advance(lexer);
}

// What follows the sign of a range; anything else makes the sign a comparison.
static bool range_version(TSLexer *lexer) {
  if (!is_digit(lexer->lookahead)) return false;
  for (;;) {
    while (is_digit(lexer->lookahead)) advance(lexer);
    if (lexer->lookahead != '.') break;
    advance(lexer);
    if (!is_digit(lexer->lookahead)) return false;
  }
  if (lexer->lookahead == '-') version_parts(lexer);
  if (lexer->lookahead == '+') {
    advance(lexer);
    version_parts(lexer);
  }
  return !is_name(lexer->lookahead) && lexer->lookahead != '%' && lexer->lookahead != ':';
}

// `=`, a range or a comparison.
static bool sign(TSLexer *lexer, const bool *valid, bool after_space) {
  int32_t first = lexer->lookahead;
  advance(lexer);
  if (first == '=') {
    if (lexer->lookahead == '=') return false;
    lexer->mark_end(lexer);
    if (valid[ASSIGN]) {
      lexer->result_symbol = ASSIGN;
      return true;
    }
    if (!valid[RANGE] || !range_version(lexer)) return false;
  } else {
    if ((first == '<' || first == '>') && lexer->lookahead == '=') advance(lexer);
    lexer->mark_end(lexer);
    bool compares = valid[COMPARISON] && (first == '<' || first == '>');
    // ` >=1.2` is a range, ` >= 1.2` and `a>=1.2` compare.
    bool may_range = valid[RANGE] && (after_space || !compares);
    if (!may_range || !range_version(lexer)) {
      lexer->result_symbol = COMPARISON;
      return compares;
    }
  }
  lexer->mark_end(lexer);
  lexer->result_symbol = RANGE;
  return true;
}

void *tree_sitter_clearway_external_scanner_create(void) { return NULL; }
void tree_sitter_clearway_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_clearway_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_clearway_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

bool tree_sitter_clearway_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[NEVER]) return false;
  bool after_space = false, after_line = false;
  while (is_space(lexer->lookahead) || (lexer->lookahead == '\n' && !valid[END])) {
    after_line |= lexer->lookahead == '\n';
    after_space = true;
    lexer->advance(lexer, true);
  }
  if (valid[END]) {
    lexer->mark_end(lexer);
    lexer->result_symbol = END;
    if (lexer->eof(lexer) || lexer->lookahead == '}') return true;
    if (lexer->lookahead == ';') {
      advance(lexer);
      lexer->mark_end(lexer);
      return true;
    }
    if (lexer->lookahead == '\n') {
      bool divides;
      if (!next_line(lexer, &divides)) return !divides;
      bool compares = lexer->lookahead == '<' || lexer->lookahead == '>';
      if (!compares || !valid[COMPARISON]) return !goes_on(lexer);
      advance(lexer);
      if (lexer->lookahead == '=') advance(lexer);
      // A range cannot go on with anything.
      if (is_digit(lexer->lookahead)) return true;
      lexer->mark_end(lexer);
      lexer->result_symbol = COMPARISON;
      return true;
    }
  }
  if (valid[UNIT] && !after_line && is_letter(lexer->lookahead)) {
    lexer->result_symbol = UNIT;
    return unit(lexer);
  }
  bool is_sign = lexer->lookahead == '=' || lexer->lookahead == '<' || lexer->lookahead == '>' ||
                 lexer->lookahead == '^' || lexer->lookahead == '~';
  if (is_sign && (valid[ASSIGN] || valid[RANGE] || valid[COMPARISON])) return sign(lexer, valid, after_space);
  return false;
}
