-- Tells the COI engine that something happened in a mailbox: which one and which UID, no content and no names of people.
--
-- Dovecot's Lua push driver (2.3.19 and later 2.3) calls it after the mail lies in the mailbox. A message to the engine
-- is a hint: when it is lost, the engine finds the mail by looking. So nothing here ever fails or holds up a delivery for
-- longer than TIMEOUT_MS for each engine.
--
-- Settings, in the plugin section of Dovecot's configuration:
--   coi_delivery_url  where the engine takes events; several with spaces between them, all are told
--   coi_delivery_key  proves to the engine that this is its mail server

local TIMEOUT_MS = 200
-- A change of very many mails is told as a change of their mailbox.
local MAX_CHANGES = 50
-- Dovecot's own words for a connection that failed or took too long are statuses from here on.
local LOCAL_STATUS = 9000
local TIMED_OUT = 9008

-- An engine that does not answer in time is left alone for so long by this process.
local PAUSE_SECONDS = 5
local pausedUntil = {}

local ESCAPES = { ['"'] = '\\"', ['\\'] = '\\\\' }

local function quoted(text)
  local escaped = text:gsub('[%c"\\]', function(character)
    return ESCAPES[character] or string.format('\\u%04x', character:byte())
  end)
  return '"' .. escaped .. '"'
end

local function note(ctx, kind, event)
  local key = kind .. ' ' .. event.mailbox
  local isMail = kind == 'delivered' or kind == 'appended'
  -- Changes of flags and expunges are told once per mailbox.
  if not isMail and ctx.seen[key] then return end
  ctx.seen[key] = true
  if #ctx.changes >= MAX_CHANGES then
    if ctx.seen['full ' .. event.mailbox] then return end
    ctx.seen['full ' .. event.mailbox] = true
    kind, isMail = 'changed', false
  end
  local fields = '{"kind":' .. quoted(kind) .. ',"mailbox":' .. quoted(event.mailbox)
  if isMail then
    fields = fields .. string.format(',"uidValidity":"%.0f","uid":%.0f', event.uid_validity, event.uid)
  end
  table.insert(ctx.changes, fields .. '}')
end

local function post(url, key, body)
  local client = dovecot.http.client({
    connect_timeout_msecs = TIMEOUT_MS,
    max_attempts = 1,
    max_connect_attempts = 1,
    max_redirects = 0,
    no_auto_retry = true,
    request_absolute_timeout_msecs = TIMEOUT_MS,
    request_timeout_msecs = TIMEOUT_MS,
  })
  local request = client:request({ url = url, method = 'POST' })
  request:add_header('Content-Type', 'application/json')
  request:add_header('Authorization', 'Bearer ' .. key)
  request:set_payload(body)
  return request:submit():status()
end

local function begin(user)
  return {
    name = user.username,
    urls = user:plugin_getenv('coi_delivery_url'),
    key = user:plugin_getenv('coi_delivery_key'),
    changes = {},
    seen = {},
  }
end

local function tell(ctx)
  if #ctx.changes == 0 or ctx.urls == nil or ctx.key == nil then return end
  local key = ctx.key:gsub('%s', '')
  local body = '{"user":' .. quoted(ctx.name) .. ',"changes":[' .. table.concat(ctx.changes, ',') .. ']}'
  for url in ctx.urls:gmatch('%S+') do
    local isAnswered, status = true, 204
    if os.time() >= (pausedUntil[url] or 0) then isAnswered, status = pcall(post, url, key, body) end
    if not isAnswered then
      dovecot.i_warning('COI engine could not be told: ' .. tostring(status))
    elseif status >= LOCAL_STATUS then
      if status == TIMED_OUT then pausedUntil[url] = os.time() + PAUSE_SECONDS end
      dovecot.i_warning('COI engine could not be reached in time (' .. tostring(status) .. ')')
    elseif status < 200 or status > 299 then
      dovecot.i_warning('COI engine answered ' .. tostring(status))
    end
  end
end

-- An error that leaves one of the functions below may end the delivery process after it stored the mail and before it
-- said so (seen with 2.3.19). So none does.
local function safely(work, ...)
  local isDone, result = pcall(work, ...)
  if isDone then return result end
  dovecot.i_warning('COI engine cannot be told: ' .. tostring(result))
  return nil
end

function dovecot_lua_notify_begin_txn(user) return safely(begin, user) or { changes = {}, seen = {} } end

function dovecot_lua_notify_event_message_new(ctx, event) safely(note, ctx, 'delivered', event) end
function dovecot_lua_notify_event_message_append(ctx, event) safely(note, ctx, 'appended', event) end
function dovecot_lua_notify_event_message_expunge(ctx, event) safely(note, ctx, 'changed', event) end
function dovecot_lua_notify_event_flags_set(ctx, event) safely(note, ctx, 'changed', event) end
function dovecot_lua_notify_event_flags_clear(ctx, event) safely(note, ctx, 'changed', event) end
function dovecot_lua_notify_event_mailbox_create(ctx, event) safely(note, ctx, 'listed', event) end
function dovecot_lua_notify_event_mailbox_delete(ctx, event) safely(note, ctx, 'listed', event) end
function dovecot_lua_notify_event_mailbox_rename(ctx, event) safely(note, ctx, 'listed', event) end

function dovecot_lua_notify_end_txn(ctx, success)
  if success then safely(tell, ctx) end
end
