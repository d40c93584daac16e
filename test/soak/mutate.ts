import { integers, RandomStream } from "../../src/random";

/** Numbers that tend to break parsers. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A damaged copy of one of the files: the same for the same seed and index. */
export function mutate(sources: readonly Uint8Array[], seed: number, index: number): Uint8Array {
  const stream = RandomStream.fromSeed(`${seed}/${index}`);
  const below = (limit: number) => integers(stream, 1, 0, Math.max(1, limit))[0]!;
  let bytes: Uint8Array = sources[below(sources.length)]!.slice();
  const kinds = [bitFlips, bytesNearBegin, extremes, overwrite, copyWithin, splice, truncate, insert];
  for (let rounds = 1 + below(2); rounds > 0; rounds--) bytes = kinds[below(kinds.length)]!();
  return bytes;

  function bitFlips(): Uint8Array {
    for (let n = below(8); n >= 0; n--) bytes[below(bytes.length)]! ^= 1 << below(8);
    return bytes;
  }
  function bytesNearBegin(): Uint8Array {
    for (let n = below(16); n >= 0; n--) bytes[below(Math.min(2048, bytes.length))] = below(256);
    return bytes;
  }
  function extremes(): Uint8Array {
    const view = new DataView(bytes.buffer);
    for (let n = below(4); n >= 0 && bytes.length >= 8; n--) {
      view.setUint32(below(bytes.length - 3), EXTREMES[below(EXTREMES.length)]!, true);
    }
    return bytes;
  }
  function overwrite(): Uint8Array {
    const [begin, length, fill] = [below(bytes.length), below(256), [0, 255, -1][below(3)]!];
    for (let i = begin; i < Math.min(bytes.length, begin + length); i++)
      bytes[i] = fill < 0 ? below(256) : fill;
    return bytes;
  }
  function copyWithin(): Uint8Array {
    const begin = below(bytes.length);
    return bytes.copyWithin(below(bytes.length), begin, begin + below(512));
  }
  function splice(): Uint8Array {
    const other = sources[below(sources.length)]!;
    const cut = below(Math.min(bytes.length, other.length));
    return Uint8Array.from([...bytes.subarray(0, cut), ...other.subarray(cut)]);
  }
  function truncate(): Uint8Array {
    return bytes.slice(0, below(bytes.length));
  }
  function insert(): Uint8Array {
    const at = below(bytes.length);
    return Uint8Array.from([
      ...bytes.subarray(0, at),
      ...bytes.subarray(0, below(64)),
      ...bytes.subarray(at),
    ]);
  }
}
