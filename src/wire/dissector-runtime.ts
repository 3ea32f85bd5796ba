/** The Lua that reads the generated tables: it knows kinds of field and frames, no packet. Flags are tested by arithmetic, since bit libraries differ between releases. */

/** Stands in front of the tables: protocols, the expert field, helpers. */
export const LUA_HEAD = `local dpdx = Proto("dpdx", "DirectPlay DXDiag Usage Protocol, serial frame")
local dpdx_udp = Proto("dpdx_udp", "DirectPlay DXDiag Usage Protocol, datagram")
local malformed = ProtoExpert.new("dpdx.malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
dpdx.experts = { malformed }
`;

/** Stands behind the tables: the decoder of declarations. */
export const LUA_DECODER = `
local PARTS_EXCESS_MAX = 65536
local OFFSET_BASE = 4

local function has(value, bit) return math.floor(value / bit) % 2 == 1 end

local maker = {
  [1] = ProtoField.uint8, [2] = ProtoField.uint16, [4] = ProtoField.uint32,
  guid = ProtoField.guid, text = ProtoField.string, bytes = ProtoField.bytes,
  ipv4 = ProtoField.ipv4, ipv6 = ProtoField.ipv6,
}
local all = {}
for _, packet in pairs(packets) do
  packet.byName = {}
  for _, field in ipairs(packet.fields) do
    packet.byName[field.name] = field
    if field.show then
      local make = maker[field.show]
      if type(field.show) == "number" then
        field.proto = make(field.filter, field.name, base.HEX_DEC)
      else
        field.proto = make(field.filter, field.name)
      end
      all[#all + 1] = field.proto
    end
  end
end
dpdx.fields = all

local function fail(d, field, at, reason)
  return { packet = d.shared.packet, field = d.path .. field, at = at, reason = reason }
end

-- What the list of packets says of one: the names found in it, and what is wrong.
local words = {}
local WORDS_MAX = 12

local function say(text)
  if #words < WORDS_MAX then words[#words + 1] = text end
end

local function report(tree, problem)
  say(string.format("[%s %s]", problem.field, problem.reason))
  tree:add_proto_expert_info(malformed, string.format("%s %s @%d: %s", problem.packet, problem.field, problem.at, problem.reason))
end

local function meaning(field, value)
  if field.values then
    for _, each in ipairs(field.values) do if each[2] == value then return each[1] end end
    return nil
  end
  if not field.flags then return nil end
  local names = {}
  for _, each in ipairs(field.flags) do if has(value, each[2]) then names[#names + 1] = each[1] end end
  if #names > 0 then return table.concat(names, " ") end
end

local function read(d, at, width, big)
  local range = d.tvb(at, width)
  if big then return range:uint() end
  return range:le_uint()
end

local function add(d, field, at, size, value)
  if size == 0 or d.hidden == field.name then return end
  local range = d.tvb(at, size)
  local item
  if field.show == "text" then item = d.tree:add(field.proto, range, value)
  elseif field.show == "bytes" or field.show == "ipv4" or field.show == "ipv6" or field.big then item = d.tree:add(field.proto, range)
  else item = d.tree:add_le(field.proto, range) end
  if type(value) == "number" then
    local text = meaning(field, value)
    if text then item:append_text(" " .. text) end
  end
end

local function holds(d, when)
  if not when then return true end
  local value = d.values[when.field]
  if when.test == "bits" then return has(value, when.value) end
  if when.test == "equals" then return value == when.value end
  if when.test == "atLeast" then return value >= when.value end
  return d.stop - d.at >= when.value
end

local function begin(packet, tvb, at, stop, tree, shared, path)
  return { packet = packet, tvb = tvb, at = at, stop = stop, tree = tree, shared = shared, path = path,
    values = {}, positions = {}, arrays = {} }
end

local steps = {}
local function run(d, first)
  for i = first, #d.packet.fields do
    local field = d.packet.fields[i]
    if not (field.kind == "part" and d.packet.structure) then
      local problem = steps[field.kind](d, field)
      if problem then return problem end
    end
  end
end

local function contains(list, value)
  for _, each in ipairs(list) do if each == value then return true end end
  return false
end

local function number(d, field)
  local present = holds(d, field.when)
  if not present and not field.blank then return nil end
  if d.at + field.width > d.stop then return fail(d, field.name, d.at, "is cut off") end
  local value = read(d, d.at, field.width, field.big)
  add(d, field, d.at, field.width, value)
  if field.allowed and not contains(field.allowed, value) then return fail(d, field.name, d.at, "has no allowed value") end
  if field.must and field.must > 0 and not has(value, field.must) then return fail(d, field.name, d.at, "lacks a bit") end
  d.values[field.name] = value
  d.positions[field.name] = d.at
  d.at = d.at + field.width
end
for _, kind in ipairs({ "integer", "fixed", "presence", "offset", "size", "count", "type", "span" }) do steps[kind] = number end

local function whole(d, field)
  if not holds(d, field.when) then return nil end
  if d.at + field.width > d.stop then return fail(d, field.name, d.at, "is cut off") end
  local value
  if field.kind == "text" then
    local count = field.width / 2
    for i = 0, count - 1 do
      if d.tvb(d.at + 2 * i, 2):le_uint() == 0 then count = i break end
    end
    value = count > 0 and d.tvb(d.at, 2 * count):le_ustring() or ""
  end
  add(d, field, d.at, field.width, value)
  d.at = d.at + field.width
end
for _, kind in ipairs({ "guid", "octets", "internetAddress", "text" }) do steps[kind] = whole end

function steps.array(d, field)
  local inner = packets[field.structure]
  local count = d.values[field.counter]
  if count * inner.size > d.stop - d.at then return fail(d, field.counter, d.positions[field.counter], "leaves no room") end
  local items = {}
  d.arrays[field.name] = items
  for i = 0, count - 1 do
    local path = field.name .. "[" .. i .. "]"
    local tree = d.tree:add(d.tvb(d.at, inner.size), path)
    local item = begin(inner, d.tvb, d.at, d.stop, tree, d.shared, d.path .. path .. ".")
    local problem = run(item, 1)
    if problem then return problem end
    d.at = item.at
    item.tree = d.tree
    items[#items + 1] = item
  end
end

local content = {}

function steps.part(d, field)
  local shared = d.shared
  if shared.fixedEnd < 0 then shared.fixedEnd = d.at end
  local offset, size = d.values[field.offset] or 0, d.values[field.size] or 0
  if offset == 0 or size == 0 then
    if field.absent ~= "malformed" then return nil end
    local zero = offset == 0 and field.offset or field.size
    return fail(d, zero, d.positions[zero], "is 0")
  end
  local start = shared.origin + OFFSET_BASE + offset
  if start < shared.fixedEnd or start > shared.stop then return fail(d, field.offset, d.positions[field.offset], "points elsewhere") end
  if start + size > shared.stop then return fail(d, field.size, d.positions[field.size], "is too large") end
  shared.budget = shared.budget - size
  if shared.budget < 0 then return fail(d, field.size, d.positions[field.size], "too much overlap") end
  return content[field.content](d, field, start, size)
end

function steps.partsOf(d, field)
  if d.shared.fixedEnd < 0 then d.shared.fixedEnd = d.at end
  local items = d.arrays[field.array]
  for n = 1, #items do
    local item = items[field.order == "firstFirst" and n or #items + 1 - n]
    local problem = steps.part(item, item.packet.byName[field.part])
    if problem then return problem end
  end
end

function steps.rest(d, field)
  add(d, field, d.at, d.stop - d.at)
  d.at = d.stop
end
steps.ignored = steps.rest

function content.wide(d, field, start, size)
  local count = math.max(0, math.floor(size / 2) - 1)
  for i = 0, count - 1 do
    if d.tvb(start + 2 * i, 2):le_uint() == 0 then count = i break end
  end
  add(d, field, start, size, count > 0 and d.tvb(start, 2 * count):le_ustring() or "")
end

function content.narrow(d, field, start, size)
  local count = size
  for i = 0, size - 1 do
    if d.tvb(start + i, 1):uint() == 0 then count = i break end
  end
  add(d, field, start, size, count > 0 and d.tvb(start, count):string(ENC_ISO_8859_1) or "")
end

function content.bytes(d, field, start, size) add(d, field, start, size) end
content.unused = content.bytes

function content.addresses(d, field, start, size)
  local at, stop, i = start, start + size, 0
  while at < stop and i < field.countMax do
    local after = at + 1 + d.tvb(at, 1):uint()
    local path = field.name .. "[" .. i .. "]"
    if after == at + 1 or after > stop then return fail(d, path .. ".bSize", at, "is impossible") end
    local inner = packets[field.inner[d.tvb(at + 1, 1):uint()]]
    if inner then
      local tree = d.tree:add(d.tvb(at, after - at), path)
      local problem = run(begin(inner, d.tvb, at, after, tree, d.shared, d.path .. path .. "."), 1)
      if problem then return problem end
    end
    at = after
    i = i + 1
  end
end

function content.operation(d, field, start, size)
  local inner = packets[field.inner[d.values[field.type]]]
  if not inner then return fail(d, field.type, d.positions[field.type], "is no operation") end
  local shared = { packet = d.shared.packet, origin = start - OFFSET_BASE, stop = start + size, fixedEnd = -1, budget = d.shared.budget }
  local tree = d.tree:add(d.tvb(start, size), field.name)
  local problem = run(begin(inner, d.tvb, start, start + size, tree, shared, d.path .. field.name .. "."), 2)
  d.shared.budget = shared.budget
  return problem
end

-- Decodes the packet of that name in tvb[origin..stop); fields before number "first" are not there.
local function decode(name, tvb, origin, stop, tree, first, at, hidden)
  local budget = stop - origin + PARTS_EXCESS_MAX
  local shared = { packet = name, origin = origin, stop = stop, fixedEnd = -1, budget = budget }
  local d = begin(packets[name], tvb, at or origin, stop, tree, shared, "")
  d.hidden = hidden
  local problem = run(d, first or 1)
  if problem then report(tree, problem) end
  return not problem
end
`;
