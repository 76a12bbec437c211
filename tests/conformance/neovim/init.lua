-- What the README of `editors` says to add to one's settings.
vim.opt.runtimepath:append(vim.env.EDITOR_FILES)
vim.lsp.enable("clearway")

-- An editor that says that it can be told to ask again is not told of mistakes in open files: it asks.
if vim.env.ASKS == "yes" then
  vim.lsp.config("clearway", { capabilities = { workspace = { diagnostics = { refreshSupport = true } } } })
end
