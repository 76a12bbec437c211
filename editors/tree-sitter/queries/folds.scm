[
  (block)
  (list)
  (parameters)
  (arguments)
  (use_names)
  (raw_string)
  (block_comment)
] @fold
