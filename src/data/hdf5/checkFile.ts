const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** "GCOL", version 1, reserved. */
const HEAP = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0];

/**
 * Finds what HDF5 hangs at: it walks along the objects of a global heap (texts of any length) without a check that it
 * moves on, so that a heap overwritten by zeros holds it for ever.
 *
 * Source: HDF5 File Format Specification 3.0, II.A (superblock) and III.E (global heap)
 *
 * @throws if the bytes are not those of an HDF5 file, or such a heap is among them
 */
export function checkFile(bytes: Uint8Array): void {
  const lengthBytes = sizeOfLengths(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = bytes.indexOf(HEAP[0]!); at >= 0; at = bytes.indexOf(HEAP[0]!, at + 1)) {
    if (startsAt(bytes, at, HEAP)) checkHeap(view, at, lengthBytes);
  }
}

/** The superblock stands at byte 0, 512, 1024, 2048, ... */
function sizeOfLengths(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && !startsAt(bytes, at, SIGNATURE)) at = at === 0 ? 512 : 2 * at;
  const version = bytes[at + 8];
  if (version === undefined) throw new Error("this is not an HDF5 file");
  const size = bytes[at + (version < 2 ? 14 : 10)];
  if (size !== 8 && size !== 4) throw new Error(`lengths must have 8 or 4 bytes in the file, got ${size}`);
  return size;
}

function startsAt(bytes: Uint8Array, at: number, pattern: readonly number[]): boolean {
  return pattern.every((byte, i) => bytes[at + i] === byte);
}

/** Walks as HDF5 does, in 32 bits and with zeros behind the end of the file. */
function checkHeap(view: DataView, begin: number, lengthBytes: number): void {
  const uint32 = (at: number) => (at + 4 <= view.byteLength ? view.getUint32(at, true) : 0);
  const header = align(8 + lengthBytes);
  const end = begin + uint32(begin + 8);
  for (let at = begin + header; at + header <= end; ) {
    const isFree = (uint32(at) & 0xffff) === 0;
    const size = uint32(at + 8);
    const step = (isFree ? size : header + align(size)) >>> 0;
    if (step === 0) throw new Error(`the global heap at byte ${begin} is damaged`);
    if (step > end - at) return; // HDF5 reports this itself
    at += step;
  }
}

function align(size: number): number {
  return Math.ceil(size / 8) * 8;
}
