import { expect, test } from "vitest";
import { bestOf, lineageOf, type MemberRecord, searchCsv, searchJsonl } from "../../src/search";

const record = (
  member: number,
  generation: number,
  score: number | null,
  parent: number | null,
): MemberRecord => ({
  ...{ member, generation, score, epochs: 10 * (generation + 1) },
  parent: parent === null ? null : { member: parent, generation: generation - 1 },
  hyperparameters: { learningRate: 0.001 * (member + 1), cell: 'say "gru", or not' },
  metrics: { "valid/recon_smth": score },
  error: score === null ? "out of memory" : null,
});
const RECORDS = [record(0, 0, 2, null), record(1, 0, null, null), record(0, 1, 1.5, 0), record(1, 1, 1.5, 0)];

test("the log as comma-separated values has one line for each record, and quotes what needs it", () => {
  const lines = searchCsv(RECORDS).trimEnd().split("\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe(
    "member,generation,score,epochs,error,parent_generation,parent_member,valid/recon_smth,config/learningRate,config/cell",
  );
  expect(lines[2]).toBe('1,0,,10,out of memory,,,,0.002,"say ""gru"", or not"');
  expect(lines[3]).toBe('0,1,1.5,20,,0,0,1.5,0.001,"say ""gru"", or not"');
});

test("metrics never stand in for the record's own columns", () => {
  const clash = { ...record(0, 0, null, null), metrics: { score: 7, epochs: 1e6 } };
  expect(searchCsv([clash]).split("\n")[1]).toMatch(/^0,0,,10,out of memory,/);
  expect(JSON.parse(searchJsonl([clash]))).toMatchObject({ score: null, epochs: 10 });
});

test("the log as JSON lines", () => {
  const rows = searchJsonl(RECORDS)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows).toHaveLength(4);
  expect(rows[3]).toMatchObject({ member: 1, parent_member: 0, score: 1.5, "config/learningRate": 0.002 });
});

test("the best is the first of the lowest scores, and comes from its ancestors", () => {
  expect(bestOf(RECORDS)).toBe(RECORDS[2]);
  expect(bestOf([RECORDS[1]!])).toBeNull();
  expect(lineageOf(RECORDS, { member: 1, generation: 1 })).toEqual([RECORDS[0], RECORDS[3]]);
  expect(() => lineageOf(RECORDS, { member: 5, generation: 0 })).toThrow("no record of member 5");
});
