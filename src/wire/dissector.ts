/** Writes the Wireshark dissector: tables from the declarations, and the Lua that reads them. For serial frames (LINKTYPE_USER0, 147) and, by "Decode As", for UDP. */
import { CHAT_SIZE } from './chat-packet.ts';
import { COALESCE_COUNT_MAX } from './coalesced.ts';
import { DECLARATIONS, SESSION_PACKETS } from './declarations.ts';
import { LUA_DISPATCH } from './dissector-frames.ts';
import { LUA_DECODER, LUA_HEAD } from './dissector-runtime.ts';
import type { Content, Field, Fields, Layout } from './field.ts';
import { companionOf, fixedSize, type Packet, selectableValues } from './packet.ts';
import { SESSION_PAYLOADS } from './session-payload.ts';
import { COMMAND_FRAMES } from './transport-packet.ts';

/** The complete dissector as Lua text, for `-X lua_script:FILE` or a plugins folder. */
export function dissectorText(): string {
  return [
    '-- Generated from the packet declarations of dplink. [MS-DPDX] section numbers are those of the specification.',
    LUA_HEAD,
    `local packets = ${table(DECLARATIONS.map((packet) => `[${text(packet.name)}] = ${packetTable(packet)}`))}`,
    `local payload_types = ${typeTable(SESSION_PAYLOADS, 'dwPacketType')}`,
    `local commands = ${typeTable(COMMAND_FRAMES, 'bExtOpCode')}`,
    `local session_commands = ${commandTable()}`,
    `local COALESCE_COUNT_MAX = ${COALESCE_COUNT_MAX}`,
    `local CHAT_SIZE = ${CHAT_SIZE}`,
    LUA_DECODER,
    LUA_DISPATCH,
  ].join('\n');
}

/** The name by which a field is filtered: lower case, parts joined by dots. */
export function filterName(packet: string, field: string): string {
  return `dpdx.${plain(packet)}.${plain(field)}`;
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

function text(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function table(items: readonly string[]): string {
  return `{\n${items.map((item) => `  ${item},\n`).join('')}}`;
}

function row(entries: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const present = Object.entries(entries).filter(([, value]) => value !== undefined);
  return `{ ${present.map(([key, value]) => `${key} = ${value}`).join(', ')} }`;
}

function packetTable(packet: Packet): string {
  const fields = Object.entries(packet.fields).map(
    ([name, field]) => `    ${fieldRow(packet, name, field)},\n`,
  );
  const head = `structure = ${'named' in packet}, size = ${fixedSize(packet.fields)}`;
  return `{ -- ${packet.section}\n    ${head}, fields = {\n${fields.join('')}  } }`;
}

function fieldRow(packet: Packet, name: string, field: Field): string {
  const layout = field.layout;
  const show = shownAs(layout);
  return row({
    name: text(name),
    kind: text(layout.kind),
    show: typeof show === 'string' ? text(show) : show,
    filter: show === undefined ? undefined : text(filterName(packet.name, name)),
    ...when(layout),
    ...meanings(layout),
    ...details(packet, name, layout),
  });
}

/** The width of an integer, or the kind of value; `undefined` for what has no value of its own. */
function shownAs(layout: Layout): number | string | undefined {
  switch (layout.kind) {
    case 'integer':
    case 'fixed':
    case 'presence':
      return layout.width;
    case 'offset':
    case 'size':
    case 'count':
    case 'type':
      return 4;
    case 'span':
      return 1;
    case 'guid':
      return 'guid';
    case 'text':
      return 'text';
    case 'internetAddress':
      return layout.size === 4 ? 'ipv4' : 'ipv6';
    case 'octets':
    case 'rest':
    case 'ignored':
      return 'bytes';
    case 'part':
      return shownContent(layout.content);
    case 'array':
    case 'partsOf':
      return undefined;
  }
}

function shownContent({ type }: Content): string | undefined {
  if (type === 'wide' || type === 'narrow') return 'text';
  return type === 'bytes' || type === 'unused' ? 'bytes' : undefined;
}

type Entries = Record<string, string | number | boolean | undefined>;

function when(layout: Layout): Entries {
  if (!('when' in layout) || layout.when === undefined) return {};
  const { test, field, value } = layout.when;
  return { when: row({ test: text(test), field: text(field), value }) };
}

function meanings(layout: Layout): Entries {
  if (!('meanings' in layout) || layout.meanings === undefined) return {};
  const [key, names] = Object.entries(layout.meanings)[0]! as [string, Record<string, number>];
  const pairs = Object.entries(names).map(([name, value]) => `{ ${text(name)}, ${value} }`);
  return { [key]: `{ ${pairs.join(', ')} }` };
}

function list(values: readonly number[]): string {
  return `{ ${values.join(', ')} }`;
}

/** What the Lua needs to know of a kind beyond its name and value. */
function details(packet: Packet, name: string, layout: Layout): Entries {
  switch (layout.kind) {
    case 'integer':
      return {
        width: layout.width,
        big: layout.order === 'big' || undefined,
        blank: layout.blank,
        allowed: layout.allowed && list(layout.allowed),
      };
    case 'fixed':
      return { width: layout.width, allowed: layout.checked ? list([layout.value]) : undefined };
    case 'presence': {
      const { width, must, otherwise } = layout;
      if (otherwise === undefined) return { width, must };
      return { width, allowed: list([...selectableValues(packet, name), otherwise]) };
    }
    case 'offset':
    case 'size':
    case 'count':
    case 'type':
      return { width: 4 };
    case 'span':
      return { width: 1 };
    case 'guid':
      return { width: 16 };
    case 'octets':
    case 'internetAddress':
    case 'text':
      return { width: layout.size };
    case 'array':
      return { structure: text(layout.structure.name), counter: text(companionOf(packet, 'count', name)) };
    case 'part':
      return partDetails(packet, name, layout);
    case 'partsOf':
      return { array: text(layout.array), part: text(layout.part), order: text(layout.order) };
    case 'rest':
    case 'ignored':
      return {};
  }
}

function partDetails(packet: Packet, name: string, layout: Layout & { kind: 'part' }): Entries {
  const content = layout.content;
  const entries: Entries = {
    offset: text(companionOf(packet, 'offset', name)),
    size: text(companionOf(packet, 'size', name)),
    absent: text(layout.absent),
    content: text(content.type),
  };
  if (content.type === 'addresses') {
    entries.countMax = content.countMax;
    entries.inner = innerTable(content.structures, 'bFamily');
  }
  if (content.type === 'operation') {
    entries.type = text(companionOf(packet, 'type', name));
    entries.inner = innerTable(content.packets, 'dwPacketType');
  }
  return entries;
}

/** The value that a declaration demands of its field `name`. */
function demanded(fields: Fields, name: string): number {
  return (fields[name]!.layout as Layout & { kind: 'fixed' }).value;
}

function innerTable(packets: readonly Packet[], by: string): string {
  return `{ ${packets.map(({ name, fields }) => `[${demanded(fields, by)}] = ${text(name)}`).join(', ')} }`;
}

function typeTable(packets: readonly Packet[], by: string): string {
  return table(packets.map(({ name, fields }) => `[${demanded(fields, by)}] = ${text(name)}`));
}

/** The session packets by their second byte, whatever its name. */
function commandTable(): string {
  return table(
    SESSION_PACKETS.map(({ name, fields }) => {
      const second = Object.keys(fields)[1]!;
      return `[${demanded(fields, second)}] = ${text(name)}`;
    }),
  );
}
