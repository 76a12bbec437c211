vim.filetype.add({ extension = { cw = "clearway" } })
