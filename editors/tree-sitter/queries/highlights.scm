; What declares is a keyword whatever it is called: which kinds and clauses there are, `stdlib/` says.

(declaration kind: (identifier) @keyword)
(declaration_name (identifier) @type)
(clause keyword: (identifier) @function)
(field name: (identifier) @property)
(let name: (identifier) @constant)
(parameter name: (identifier) @variable.parameter)
(argument name: (identifier) @variable.parameter)
(comprehension name: (identifier) @variable.parameter)
(bases (path (identifier) @type))
(module (identifier) @module)
(use_names (identifier) @type)
(use alias: (identifier) @type)

(path (identifier) @variable)
(path (identifier) @function.call arguments: (arguments))
(unit) @type.builtin
(word) @keyword

["use" "as" "let"] @keyword
["if" "then" "else" "for" "in"] @keyword
["and" "or" "not"] @keyword.operator
["==" "!=" ".." "+" "-" "*" "/"] @operator
(comparison) @operator

(boolean) @boolean
(number) @number
(percentage) @number
(version) @string.special
(range) @string.special
(date) @string.special
(date_time) @string.special
(time) @string.special
(string) @string
(raw_string) @string
(escape) @string.escape
(interpolation "${" @punctuation.special "}" @punctuation.special)

["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" ";"] @punctuation.delimiter

(doc_comment) @comment.documentation
(line_comment) @comment
(block_comment) @comment
