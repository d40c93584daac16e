import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RandomStream, SEGMENT, uniform } from "../../src/random";
import { correlation, digest, equalFrequencyP, mean } from "./statistics";

const root = () => RandomStream.fromSeed(0);

describe("RandomStream", () => {
  test("golden values, as an independent program makes them from the description", () => {
    const stream = root();
    expect(stream.toJSON()).toEqual({ key: [2553471588, 3464255860, 557476837, 2897867512], counter: 0 });
    expect([...stream.uint32(10)]).toEqual([
      3599384971, 2491036235, 803420695, 788798794, 1349493537, 1597624072, 214672200, 215813773, 1895976470,
      1622933287,
    ]);
    expect([...stream.uint32(5)]).toEqual([3812641584, 3995918055, 1554867936, 3018040535, 1803089883]);
    const last = RandomStream.fromJSON({ key: stream.toJSON().key, counter: 2 ** 53 - 2 });
    expect([...last.uint32(5)]).toEqual([1735639739, 3542357057, 3163537987, 2368552497, 2145957660]);
    expect(RandomStream.fromSeed("monkey").toJSON().key).toEqual([
      418277428, 815740299, 2296320885, 543907032,
    ]);
  });

  test("golden forks", () => {
    const child = root().fork("dropout");
    expect(child.toJSON()).toEqual({ key: [3684024409, 3516357387, 4044027854, 1257597524], counter: 0 });
    expect(child.fork(7).toJSON().key).toEqual([1199748774, 1030377848, 4042864813, 3985604521]);
    expect(root().fork("naïve 🐒").toJSON().key).toEqual([1593224491, 4024310764, 2441856870, 1445070777]);
    expect([...child.uint32(4)]).toEqual([3900624652, 913307248, 2762673663, 3858551004]);
  });

  test("a long block keeps its bits", () => {
    expect(digest(root().fork("d").uint32(100_000))).toBe(116233510);
  });

  test("parts give the numbers of the whole across segments, whose generators are different ones", () => {
    const whole = root().uint32(2 * SEGMENT + 8);
    const block = root().block();
    const parts = [SEGMENT - 8, 4, 8, SEGMENT + 4].map((length) => new Uint32Array(length));
    for (const part of parts) block.fill(part);
    expect(parts.flatMap((part) => [...part])).toEqual([...whole]);
    const first = [0, 1, 2].map((segment) =>
      [...whole.subarray(SEGMENT * segment, SEGMENT * segment + 8)].join(),
    );
    expect(new Set(first).size).toBe(3);
  });

  test("a block's numbers do not depend on how many are taken, or in what parts", () => {
    const whole = root().uint32(20_000);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 3 }),
        fc.nat(5000),
        (quarters, rest) => {
          const block = root().block();
          const parts = [...quarters.map((quarter) => 4 * quarter), rest].map(
            (length) => new Uint32Array(length),
          );
          for (const part of parts) block.fill(part);
          const joined = parts.flatMap((part) => [...part]);
          expect(joined).toEqual([...whole.subarray(0, joined.length)]);
        },
      ),
      { numRuns: 30, seed: 1 },
    );
    const block = root().block();
    expect(Array.from({ length: 1000 }, () => block.uint32())).toEqual([...whole.subarray(0, 1000)]);
  });

  test("one block per call, also for zero numbers", () => {
    const stream = root();
    stream.uint32(0);
    expect(stream.toJSON().counter).toBe(1);
    stream.uint32(100);
    stream.block();
    expect(stream.toJSON().counter).toBe(3);
    expect(stream.uint32(8)).not.toEqual(stream.uint32(8));
  });

  test("seed 1 and seed '1' are the same; other seeds differ", () => {
    const key = (seed: number | string) => RandomStream.fromSeed(seed).toJSON().key.join();
    expect(key(1)).toBe(key("1"));
    const seeds = Array.from({ length: 5000 }, (_, i) => i - 1000);
    expect(new Set([...seeds, "", " ", "a", "b", 0.5].map(key)).size).toBe(5005);
  });

  test("forks depend on key and name alone", () => {
    const stream = root();
    const before = stream.fork("a").uint32(8);
    expect(stream.toJSON().counter).toBe(0);
    stream.uint32(5);
    expect(stream.fork("a").uint32(8)).toEqual(before);
    expect(stream.fork(1).toJSON()).toEqual(stream.fork("1").toJSON());
    expect(stream.fork("b").uint32(8)).not.toEqual(before);
    expect(RandomStream.fromSeed(1).fork("a").uint32(8)).not.toEqual(before);
  });

  test("chains of names never meet", () => {
    const stream = root();
    const keys = new Set<string>();
    const names = ["", "a", "b", "ab", "ba", "\u0000", "\u0001a", "a\u0001b", "\ud83d", "\ude00", "😀"];
    for (const name of names) {
      keys.add(stream.fork(name).toJSON().key.join());
      for (const second of names) keys.add(stream.fork(name).fork(second).toJSON().key.join());
    }
    for (let i = 0; i < 20_000; i++) keys.add(stream.fork(i).toJSON().key.join());
    expect(keys.size).toBe(names.length + names.length ** 2 + 20_000);
  });

  test("saved and restored on the way, the stream goes on as if nothing had happened", () => {
    const stream = root().fork("x");
    stream.uint32(1000);
    const restored = RandomStream.fromJSON(JSON.parse(JSON.stringify(stream)));
    for (let i = 0; i < 3; i++) expect(restored.uint32(10)).toEqual(stream.uint32(10));
    expect(restored.fork("y").uint32(10)).toEqual(stream.fork("y").uint32(10));
    expect(restored.toJSON()).toEqual(stream.toJSON());
  });

  test("a state is a copy", () => {
    const state = { key: [1, 2, 3, 4] as [number, number, number, number], counter: 0 };
    const stream = RandomStream.fromJSON(state);
    state.key[0] = 9;
    expect(stream.toJSON().key).toEqual([1, 2, 3, 4]);
    (stream.toJSON().key as unknown as number[])[0] = 9;
    expect(stream.toJSON().key).toEqual([1, 2, 3, 4]);
  });
});

describe("bits", () => {
  test("every bit is 1 half of the time, in every lane", () => {
    const n = 400_000;
    const bits = root().uint32(n);
    for (let lane = 0; lane < 4; lane++) {
      for (let bit = 0; bit < 32; bit++) {
        let ones = 0;
        for (let i = lane; i < n; i += 4) ones += (bits[i]! >>> bit) & 1;
        expect(Math.abs(ones - n / 8)).toBeLessThan(5 * Math.sqrt(n / 16));
      }
    }
  });

  test.each([0, 8, 16, 24])("bytes from bit %d are uniform, alone and in pairs", (shift) => {
    const bytes = root()
      .fork(shift)
      .uint32(1_000_000)
      .map((u) => (u >>> shift) & 255);
    expect(equalFrequencyP(bytes, 256)).toBeGreaterThan(1e-4);
    for (const lag of [1, 2, 3, 4]) {
      const pairs = bytes.subarray(lag).map((byte, i) => ((byte >>> 4) << 4) | (bytes[i]! >>> 4));
      expect(equalFrequencyP(pairs, 256)).toBeGreaterThan(1e-4);
    }
  });

  test("the first numbers of neighbouring forks and of successive blocks are random too", () => {
    const stream = root();
    const n = 50_000;
    const forks = Uint32Array.from({ length: n }, (_, i) => stream.fork(i).uint32(1)[0]!);
    const blocks = Uint32Array.from({ length: n }, () => stream.uint32(1)[0]!);
    for (const first of [forks, blocks]) {
      for (const shift of [0, 8, 16, 24]) {
        expect(
          equalFrequencyP(
            first.map((u) => (u >>> shift) & 255),
            256,
          ),
        ).toBeGreaterThan(1e-4);
      }
      expect(Math.abs(correlation(first.subarray(1), first.subarray(0, -1)))).toBeLessThan(4 / Math.sqrt(n));
    }
    expect(Math.abs(correlation(forks, blocks))).toBeLessThan(4 / Math.sqrt(n));
  });

  test("one changed bit of key, name or counter changes half of the bits of a block", () => {
    const start = root().toJSON();
    const reference = root().uint32(64);
    const changed = (stream: RandomStream) => {
      const bits = stream.uint32(64);
      let flips = 0;
      for (let i = 0; i < 64; i++) {
        for (let rest = bits[i]! ^ reference[i]!; rest !== 0; rest &= rest - 1) flips++;
      }
      return flips;
    };
    const variants: RandomStream[] = [];
    for (let bit = 0; bit < 32; bit++) {
      for (let word = 0; word < 4; word++) {
        const key = start.key.map((k, i) => (i === word ? (k ^ (1 << bit)) >>> 0 : k));
        variants.push(RandomStream.fromJSON({ key: key as [number, number, number, number], counter: 0 }));
      }
      variants.push(RandomStream.fromJSON({ key: start.key, counter: 2 ** bit }));
      if (bit < 20) variants.push(RandomStream.fromJSON({ key: start.key, counter: 2 ** (32 + bit) }));
    }
    const flips = variants.map(changed);
    const sd = Math.sqrt(2048 / 4);
    for (const flip of flips) expect(Math.abs(flip - 1024)).toBeLessThan(5 * sd);
    expect(Math.abs(mean(flips) - 1024)).toBeLessThan((4 * sd) / Math.sqrt(flips.length));
  });

  test("parent, child, sibling and neighbouring blocks do not correlate at any small lag", () => {
    const n = 100_000;
    const parent = root();
    const streams = [
      parent,
      parent.fork("a"),
      parent.fork("b"),
      parent.fork("a").fork("a"),
      RandomStream.fromSeed(1),
    ];
    const rows = [...streams.map((stream) => uniform(stream, n)), uniform(parent, n)];
    rows.forEach((row, i) => {
      for (let lag = 0; lag <= 5; lag++) {
        for (const other of lag === 0 ? rows.slice(i + 1) : rows.slice(i)) {
          const r = correlation(row.subarray(lag), other.subarray(0, n - lag));
          expect(Math.abs(r)).toBeLessThan(4.5 / Math.sqrt(n));
        }
      }
    });
  });
});

describe("bad arguments", () => {
  const key = [1, 2, 3, 4] as const;
  test("seeds and names", () => {
    expect(() => RandomStream.fromSeed(Number.NaN)).toThrow(
      "RandomStream.fromSeed: seed must be a string or a finite number, got NaN",
    );
    expect(() => RandomStream.fromSeed(undefined as unknown as number)).toThrow("got undefined");
    expect(() => root().fork(Infinity)).toThrow(
      "RandomStream.fork: name must be a string or a finite number, got Infinity",
    );
  });

  test.each([-1, 1.5, Number.NaN, Infinity])("count %d", (count) => {
    const stream = root();
    expect(() => stream.uint32(count)).toThrow(
      `RandomStream.uint32: count must be a non-negative integer, got ${count}`,
    );
    expect(stream.toJSON().counter).toBe(0);
  });

  test.each([
    [{ key: [1, 2, 3], counter: 0 }, "key must be 4 integers from 0 to 2^32 - 1, got [1,2,3]"],
    [{ key: [1, 2, 3, -4], counter: 0 }, "key must be 4 integers"],
    [{ key: [1, 2, 3, 2 ** 32], counter: 0 }, "key must be 4 integers"],
    [{ key: [1, 2, 3, 0.5], counter: 0 }, "key must be 4 integers"],
    [{ key: ["1", "2", "3", "4"], counter: 0 }, "key must be 4 integers"],
    [{ counter: 0 }, "key must be 4 integers"],
    [null, "key must be 4 integers"],
    [{ key, counter: -1 }, "counter must be an integer from 0 to 2^53 - 1, got -1"],
    [{ key, counter: 0.5 }, "counter must be an integer"],
    [{ key, counter: 2 ** 53 }, "counter must be an integer"],
    [{ key, counter: "0" }, "counter must be an integer"],
    [{ key }, "counter must be an integer"],
  ])("state %j", (state, message) => {
    expect(() => RandomStream.fromJSON(state as never)).toThrow(`RandomStream.fromJSON: ${message}`);
  });

  test("the last block is followed by an error, not by a repetition", () => {
    const stream = RandomStream.fromJSON({ key, counter: Number.MAX_SAFE_INTEGER });
    expect(() => stream.uint32(1)).toThrow("RandomStream.block: all 2^53 - 1 blocks are used");
  });
});
