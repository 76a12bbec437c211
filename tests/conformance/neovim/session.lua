-- A session of one who writes, with the settings of `init.lua`: what an editor is for. Prints `done:` and `wrong:`.

local PATIENCE = 30000

local function say(word, what)
  io.stdout:write(word .. ": " .. what .. "\n")
end

local function check(what, holds, found)
  if holds then
    say("done", what)
  else
    say("wrong", what .. ": " .. vim.inspect(found):gsub("%s+", " "))
  end
end

-- Waits until something is so; what it gave last is told where it never is.
local function eventually(what, ask)
  local holds, found
  vim.wait(PATIENCE, function()
    holds, found = ask()
    return holds
  end, 20)
  check(what, holds, found)
end

local function line_of(buffer, piece)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local column = line:find(piece, 1, true)
    if column then
      return number, column - 1, line
    end
  end
  error("no `" .. piece .. "`")
end

local function text_of(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n") .. "\n"
end

local function codes(buffer)
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    found[#found + 1] = one.code .. " in line " .. one.lnum + 1
  end
  return found
end

local function session()
  vim.cmd.edit("services/orders.cw")
  local orders = vim.api.nvim_get_current_buf()
  check("a .cw file has the file type", vim.bo.filetype == "clearway", vim.bo.filetype)
  local client
  eventually("the server starts at the nearest manifest", function()
    client = vim.lsp.get_clients({ bufnr = orders, name = "clearway" })[1]
    return client and client.initialized and client.root_dir == vim.fn.getcwd(), client and client.root_dir
  end)
local asks = vim.env.ASKS == "yes"
  check(
    asks and "the editor asks for what is wrong" or "the editor is told what is wrong",
    client:supports_method("textDocument/diagnostic", orders) == asks,
    client.server_capabilities.diagnosticProvider
  )

  -- Diagnostics: a mistake is shown, and goes when it is mended.
  local number, _, line = line_of(orders, "requires paymentservice.grpc")
  vim.api.nvim_buf_set_lines(orders, number - 1, number, false, { (line:gsub("%^2%.0", "^2.9")) })
  eventually("a mistake is shown where it is", function()
    local found = codes(orders)
    return vim.tbl_contains(found, "CW0402 in line " .. number), found
  end)
  vim.api.nvim_buf_set_lines(orders, number - 1, number, false, { line })
  eventually("it goes when it is mended", function()
    local found = codes(orders)
    return not vim.tbl_contains(found, "CW0402 in line " .. number), found
  end)

  -- Hover, with the editor's own command.
  local row, column = line_of(orders, "paymentservice.grpc")
  vim.api.nvim_win_set_cursor(0, { row, column + 1 })
  vim.lsp.buf.hover()
  eventually("hover opens a window with the documentation", function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= "" then
        local text = text_of(vim.api.nvim_win_get_buf(window))
        return text:find("Charges cards", 1, true) ~= nil, text
      end
    end
    return false, "no window"
  end)

  -- Completion, as the editor makes items of the answer.
  row = line_of(orders, "requires cartservice.grpc")
  vim.api.nvim_buf_set_lines(orders, row, row, false, { "  requires pay" })
  vim.api.nvim_win_set_cursor(0, { row + 1, 14 })
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = client:request_sync("textDocument/completion", params, PATIENCE, orders)
  local words = {}
  for _, item in ipairs((answer and answer.result and (answer.result.items or answer.result)) or {}) do
    words[#words + 1] = item.label
  end
  check("completion offers a service of the project", vim.tbl_contains(words, "paymentservice"), words)
  vim.api.nvim_buf_set_lines(orders, row, row + 1, false, {})

  -- Definition in another place, references over files.
  row, column = line_of(orders, "requires productcatalogservice")
  vim.api.nvim_win_set_cursor(0, { row, column + #"requires p" })
  vim.lsp.buf.definition()
  eventually("definition jumps to the file that declares it", function()
    local name = vim.api.nvim_buf_get_name(0)
    return name:find("services/catalogue.cw", 1, true) ~= nil, name
  end)

  -- Rename over several files, with the editor's own command.
  vim.cmd.buffer(orders)
  row, column = line_of(orders, "service checkoutservice")
  vim.api.nvim_win_set_cursor(0, { row, column + #"service c" })
  vim.lsp.buf.rename("ordering")
  local function renamed(path)
    local buffer = vim.fn.bufnr(path)
    local text = buffer > 0 and vim.api.nvim_buf_is_loaded(buffer) and text_of(buffer) or ""
    return text:find("ordering", 1, true) ~= nil and text:find("service checkoutservice", 1, true) == nil, text
  end
  for _, path in ipairs({ "services/orders.cw", "services/storefront.cw", "release.cw" }) do
    eventually("rename changes " .. path, function()
      return renamed(path)
    end)
  end
  vim.cmd.buffer(orders)

  -- Formatting.
  local sound = text_of(orders)
  row, _, line = line_of(orders, "version = 7.2.5")
  vim.api.nvim_buf_set_lines(orders, row - 1, row, false, { "      version    =   7.2.5" })
  vim.lsp.buf.format({ async = false, timeout_ms = PATIENCE, name = "clearway" })
  local formatted = vim.fn.system({ "clearway", "fmt", "-" }, text_of(orders))
  check("formatting is what `clearway fmt` does", text_of(orders) == formatted and formatted:find("  version = 7.2.5", 1, true) ~= nil, text_of(orders))
  check("formatting a sound text changes nothing else", #vim.split(formatted, "\n") == #vim.split(sound, "\n"), formatted)

  -- Colours come from the server too.
  eventually("tokens are coloured by the server", function()
    row, column = line_of(orders, "service ordering")
    local tokens = vim.lsp.semantic_tokens.get_at_pos(orders, row - 1, column)
    return tokens ~= nil and #tokens > 0, tokens
  end)
end

local fine, trouble = xpcall(session, debug.traceback)
if not fine then
  say("wrong", "the session broke off: " .. trouble)
end
io.stdout:write("end\n")
vim.cmd("qall!")
