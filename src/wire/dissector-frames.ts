/** The Lua that takes frames and datagrams apart into packets, checks their CRCs, and fills the list of packets. Knows no field of a packet. */

/** Stands last: which packet it is, the frame with its CRCs, and where Wireshark finds us. */
export const LUA_DISPATCH = `
local function subtree(tree, tvb, at, stop, text)
  say(text)
  if stop > at then return tree:add(tvb(at, stop - at), text) end
  return tree:add(text)
end

local function problem(tree, packet, field, at, reason)
  report(tree, { packet = packet, field = field, at = at, reason = reason })
end

local function session(tvb, at, stop, tree)
  if stop - at < 4 then return problem(tree, "session message", "dwPacketType", at, "is cut off") end
  local name = payload_types[tvb(at, 4):le_uint()]
  if not name then return problem(tree, "session message", "dwPacketType", at, "is no known type") end
  decode(name, tvb, at, stop, subtree(tree, tvb, at, stop, name))
end

local function coalesced(tvb, at, stop, tree)
  local headers, ended = {}, false
  while not ended do
    local i, offset = #headers, at + 2 * #headers
    if i == COALESCE_COUNT_MAX then return problem(tree, "coalesced payload", "header[" .. (i - 1) .. "].bCommand", offset - 1, "lacks the end mark") end
    if offset + 2 > stop then return problem(tree, "coalesced payload", "header[" .. i .. "].bSize", offset, "headers without an end mark") end
    decode("COALESCE_HEADER", tvb, offset, offset + 2, tree:add(tvb(offset, 2), "header[" .. i .. "]"))
    local command = tvb(offset + 1, 1):uint()
    local size = tvb(offset, 1):uint() + math.floor(command / 8) % 8 * 256
    headers[#headers + 1] = { size = size, offset = offset }
    ended = has(command, 1)
  end
  local from = at + 2 * (#headers + #headers % 2)
  for i, header in ipairs(headers) do
    if from + header.size > stop then return problem(tree, "coalesced payload", "header[" .. (i - 1) .. "].bSize", header.offset, "is too large") end
    header.from = from
    from = from + math.floor((header.size + 3) / 4) * 4
  end
  for i, header in ipairs(headers) do
    session(tvb, header.from, header.from + header.size, tree)
  end
end

local function data_frame(tvb, at, stop, tree)
  local command, control = tvb(at, 1):uint(), tvb(at + 1, 1):uint()
  local size = 4
  for _, bit in ipairs({ 16, 32, 64, 128 }) do if has(control, bit) then size = size + 4 end end
  local from = at + size
  local left = stop - from
  local name, hidden, inner = "TRANS_USERDATA_HEADER", nil, nil
  local user1, user2 = has(command, 64), has(command, 128)
  local is_whole = has(command, 16) and has(command, 32)
  if left >= 0 then
    if has(control, 4) then hidden, inner = "payload", coalesced
    elseif has(control, 8) and left == 0 then name = "TRANS_USERDATA_END_OF_STREAM"
    elseif has(control, 2) and not user1 and not user2 and (left == 0 or left == 4) then
      hidden = "payload"
      inner = function(...)
        say("TRANS_USERDATA_KEEPALIVE")
        decode("TRANS_USERDATA_KEEPALIVE", ...)
      end
    elseif is_whole and user1 and not user2 then hidden, inner = "payload", session
    elseif is_whole and not user1 and not user2 and left == CHAT_SIZE and tvb(from, 2):le_uint() == 1 then
      hidden = "payload"
      inner = function(...)
        say("TRANS_USERDATA_SEND_MESSAGE")
        decode("TRANS_USERDATA_SEND_MESSAGE", ...)
      end
    end
  end
  local branch = subtree(tree, tvb, at, stop, name)
  say(string.format("bSeq %d bNRcv %d", tvb(at + 2, 1):uint(), tvb(at + 3, 1):uint()))
  if decode(name, tvb, at, stop, branch, 1, at, hidden) and inner then inner(tvb, from, stop, branch) end
end

local function transport(tvb, at, stop, tree)
  local first = stop > at and tvb(at, 1):uint() or 0
  if stop - at >= 4 and has(first, 1) then return data_frame(tvb, at, stop, tree) end
  if stop - at < 12 or (first ~= 0x80 and first ~= 0x88) then return problem(tree, "transport packet", "bCommand", at, "is not ours") end
  local name = commands[tvb(at + 1, 1):uint()]
  if not name then return problem(tree, "transport packet", "bExtOpCode", at + 1, "is no known operation") end
  decode(name, tvb, at, stop, subtree(tree, tvb, at, stop, name))
end

local function byte_xor(a, b)
  local result, bit = 0, 1
  while a > 0 or b > 0 do
    if a % 2 ~= b % 2 then result = result + bit end
    a, b, bit = math.floor(a / 2), math.floor(b / 2), bit * 2
  end
  return result
end

local crc_table = {}
for byte = 0, 255 do
  local crc = byte
  for _ = 1, 8 do
    local odd = crc % 2 == 1
    crc = math.floor(crc / 2)
    if odd then crc = byte_xor(crc, 0xa001) end
  end
  crc_table[byte] = crc
end

local function crc16(tvb, at, stop)
  local crc = 0
  for i = at, stop - 1 do
    crc = byte_xor(math.floor(crc / 256), crc_table[byte_xor(crc % 256, tvb(i, 1):uint())])
  end
  return crc
end

local function mismatch(tvb, at, computed)
  return string.format("is 0x%04x, computed 0x%04x", tvb(at, 2):le_uint(), computed)
end

local function serial_frame(tvb, root)
  local length = tvb:len()
  local tree = root:add(dpdx, tvb())
  if not decode("_MESSAGE_HEADER", tvb, 0, length, tree) then return end
  local name = "_MESSAGE_HEADER"
  local header_crc = crc16(tvb, 0, 6)
  if header_crc ~= tvb(6, 2):le_uint() then return problem(tree, name, "wHeaderCRC", 6, mismatch(tvb, 6, header_crc)) end
  local kind = tvb(1, 1):uint()
  kind = kind - kind % 16
  local stop = 8 + tvb(2, 2):le_uint()
  local enumeration = { [0x20] = "EnumResponse", [0x60] = "EnumQuery" }
  local known = kind == 0x40 or enumeration[kind]
  if not known then problem(tree, name, "MessageType", 1, "is no known type") end
  if stop > length then problem(tree, name, "wMessageSize", 2, "exceeds the frame") end
  if not known or stop > length then return end
  local message_crc = crc16(tvb, 8, stop)
  if message_crc ~= tvb(4, 2):le_uint() then problem(tree, name, "wMessageCRC", 4, mismatch(tvb, 4, message_crc)) end
  if kind == 0x40 then transport(tvb, 8, stop, tree)
  else decode(enumeration[kind], tvb, 4, stop, subtree(tree, tvb, 8, stop, enumeration[kind]), 4, 8) end
end

local function datagram(tvb, root)
  local length = tvb:len()
  local tree = root:add(dpdx_udp, tvb())
  if length == 0 or tvb(0, 1):uint() ~= 0 then return transport(tvb, 0, length, tree) end
  if length < 2 then return problem(tree, "session packet", "CommandByte", 1, "is cut off") end
  local name = session_commands[tvb(1, 1):uint()]
  if not name then return problem(tree, "session packet", "CommandByte", 1, "is no known command") end
  decode(name, tvb, 0, length, subtree(tree, tvb, 0, length, name))
end

local function dissect(what, tvb, pinfo, root)
  pinfo.cols.protocol = "DPDX"
  words = {}
  what(tvb, root)
  pinfo.cols.info = table.concat(words, " ")
end

function dpdx.dissector(tvb, pinfo, root) dissect(serial_frame, tvb, pinfo, root) end

function dpdx_udp.dissector(tvb, pinfo, root) dissect(datagram, tvb, pinfo, root) end

DissectorTable.get("wtap_encap"):add(wtap.USER0, dpdx)
DissectorTable.get("udp.port"):add_for_decode_as(dpdx_udp)
`;
