[
  (block)
  (list)
  (parameters)
  (arguments)
  (parenthesized)
  (use_names)
] @indent.begin

["}" "]" ")"] @indent.branch @indent.end

[(raw_string) (block_comment)] @indent.ignore
