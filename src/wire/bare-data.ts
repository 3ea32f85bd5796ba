/** The commonest packet of all, a data frame without masks, read and written without the general machinery. Its shape is checked against the declaration. */
import { invariant } from '../base/failure.ts';
import { conditionOf, type RecordOfPacket } from './packet.ts';
import { freshBytes } from './slab.ts';
import { TRANS_USERDATA_HEADER } from './transport-layout.ts';

type DataPacket = RecordOfPacket<typeof TRANS_USERDATA_HEADER>;

/** The bytes that are always there, in order, and what stands behind them when no mask does. */
const ALWAYS = ['bCommand', 'bControl', 'bSeq', 'bNRcv'] as const;
const SIZE = ALWAYS.length;

const { fields } = TRANS_USERDATA_HEADER;

/** The bits of bControl of which each makes one optional field present. */
const PRESENCE = Object.values(fields).reduce(
  (bits, { layout }) => bits | (conditionOf(layout)?.value ?? 0),
  0,
);
/** The bits of bControl that are the record's own. */
const KEEP = fields.bControl.layout.kind === 'presence' ? fields.bControl.layout.keep : 0;

function checkShape(): void {
  for (const [index, [name, { layout }]] of Object.entries(fields).entries()) {
    const when = conditionOf(layout);
    const isByte = (layout.kind === 'integer' || layout.kind === 'presence') && layout.width === 1;
    const fits =
      index < SIZE
        ? name === ALWAYS[index] && isByte && when === undefined
        : (when?.field === 'bControl' && when.test === 'bits') ||
          (name === 'payload' && layout.kind === 'rest');
    invariant(fits, `${name} of ${TRANS_USERDATA_HEADER.name} is not where it is read`);
  }
  const { layout } = fields.bControl;
  invariant(layout.kind === 'presence' && layout.must === 0, 'bControl demands bits that are not checked');
}

checkShape();

/** Reads a data frame whose bControl names no mask; `undefined` for any other. The caller has seen that four bytes are there. */
export function decodeBareData(bytes: Uint8Array): DataPacket | undefined {
  const bControl = bytes[1]!;
  if ((bControl & PRESENCE) !== 0) return undefined;
  return {
    name: 'TRANS_USERDATA_HEADER',
    bCommand: bytes[0]!,
    bControl: bControl & KEEP,
    bSeq: bytes[2]!,
    bNRcv: bytes[3]!,
    payload: new Uint8Array(bytes.buffer, bytes.byteOffset + SIZE, bytes.length - SIZE),
  };
}

/** Writes a data frame that has no mask; `undefined` for any other. */
export function encodeBareData(packet: DataPacket): Uint8Array | undefined {
  const { dwSACKMask1, dwSACKMask2, dwSendMask1, dwSendMask2, payload } = packet;
  if ((dwSACKMask1 ?? dwSACKMask2 ?? dwSendMask1 ?? dwSendMask2) !== undefined) return undefined;
  const bytes = freshBytes(SIZE + payload.length);
  bytes[0] = packet.bCommand;
  bytes[1] = packet.bControl & KEEP;
  bytes[2] = packet.bSeq;
  bytes[3] = packet.bNRcv;
  bytes.set(payload, SIZE);
  return bytes;
}
