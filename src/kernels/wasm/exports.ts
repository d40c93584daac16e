/** Bytes from the start of the memory. */
export type Address = number;

/** What `assembly/index.ts` exports. Steps are bytes from row to row. */
export interface KernelExports {
  runAlone(run: Address): void;
  takePart(run: Address, thread: number): void;
  failChunk(run: Address): void;
  copyRows(
    target: Address,
    targetStep: number,
    columns: number,
    source: Address,
    sourceStep: number,
    width: number,
    rows: number,
  ): void;
  zeros(target: Address, count: number): void;
  packRows(
    panels: Address,
    b: Address,
    bStep: number,
    factor: Address,
    factorStep: number,
    k: number,
    n: number,
  ): void;
  countNonZero(x: Address, count: number): number;
  scaleAll(target: Address, source: Address, count: number, factor: number): void;
  squareSum(x: Address, count: number): number;
  expAll(target: Address, source: Address, count: number): void;
  sigmoidAll(target: Address, source: Address, count: number): void;
  tanhAll(target: Address, source: Address, count: number): void;
  packColumns(panels: Address, b: Address, bStep: number, k: number, n: number): void;
}
