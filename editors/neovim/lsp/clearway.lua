-- Read by `vim.lsp.enable("clearway")`.
return {
  cmd = { "clearway", "lsp" },
  filetypes = { "clearway" },
  root_markers = { "clearway.toml", ".git" },
}
