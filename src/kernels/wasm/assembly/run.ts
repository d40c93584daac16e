import { AdamW, adamW, squareSums } from "./adamW";
import { Decoder } from "./decoder";
import { decoderSequence } from "./decoderSequence";
import { decoderSequenceGradient } from "./decoderSequenceGradient";
import { Draws, draws } from "./draw";
import { ExponentialRows, exponentialRows } from "./elementwise";
import { GruSequence, gruSequence, gruSequenceGradient } from "./gruSequence";
import { Linear, linear } from "./linear";
import {
  CopyRows,
  copyAll,
  DroppedRows,
  droppedRows,
  MultiplyAll,
  multiplyAll,
  SumParts,
  SwapRows,
  sumParts,
  swapRows,
} from "./move";
import { OdeSequence, odeSequence, odeSequenceGradient } from "./odeSequence";
import { PoissonLoss, poissonLoss } from "./poissonLoss";
import { RowProducts, rowProducts } from "./rowProduct";
import { SparseRowProduct, sparseRowProduct } from "./sparse";

/** A run of a task, in chunks of the rows of its result. */
@unmanaged
export class Run {
  /**
   * Chunks taken, given and done, of all shared runs together, wrapping around. A thread takes a chunk by raising `taken`, never
   * beyond `given`. A run ends when all of its chunks are done: whoever has taken one finds its run in the other fields.
   */
  taken: i32;
  given: i32;
  done: i32;
  /** Whether a chunk of this run has failed. */
  failed: i32;
  /** Threads that are ready besides the caller; how many may take part, the caller included. */
  ready: i32;
  threads: i32;
  /** Place of the task in `TASKS` of `layouts.ts`, and its arguments. */
  task: i32;
  args: usize;
  /** All rows, and what the rows of a chunk, but the last, are a multiple of. */
  rows: i32;
  unit: i32;
  chunks: i32;
  /** 1 for chunks that get smaller, from 1.5 times their mean to half of it, so that threads end together. */
  tapered: i32;
  /** Scratch memory of the caller, and bytes from thread to thread. */
  scratch: usize;
  scratchStep: usize;
}

/** Times that a thread looks for chunks before it sleeps: about ten milliseconds, for what a training step does between two tasks. */
const SPINS: i32 = 12000000;

/** Does all chunks of a run that is not shared. */
export function runAlone(run: Run): void {
  for (let chunk = 0; chunk < run.chunks; chunk++) doChunk(run, 0, chunk);
}

/** Does chunks of a shared run until none is left to be taken. */
export function takePart(run: Run, thread: i32): void {
  const p = changetype<usize>(run);
  while (true) {
    const taken = atomic.load<i32>(p, offsetof<Run>("taken"));
    if (taken == atomic.load<i32>(p, offsetof<Run>("given"))) return;
    if (atomic.cmpxchg<i32>(p, taken, taken + 1, offsetof<Run>("taken")) != taken) continue;
    doChunk(run, thread, taken - (run.given - run.chunks));
    endChunk(run);
  }
}

function endChunk(run: Run): void {
  if (atomic.load<i32>(changetype<usize>(run), offsetof<Run>("done")) == run.given) return; // the caller has given up
  const done = changetype<usize>(run) + offsetof<Run>("done");
  if (atomic.add<i32>(done, 1) + 1 == run.given) atomic.notify(done, 1);
}

/** Ends a chunk that failed. */
export function failChunk(run: Run): void {
  run.failed = 1;
  endChunk(run);
}

/** The life of a thread besides the caller. */
export function serve(run: Run, thread: i32): void {
  const p = changetype<usize>(run);
  atomic.add<i32>(p, 1, offsetof<Run>("ready"));
  while (true) {
    const given = atomic.load<i32>(p, offsetof<Run>("given"));
    if (thread < run.threads) takePart(run, thread);
    let spins = SPINS;
    while (spins > 0 && atomic.load<i32>(p, offsetof<Run>("given")) == given) spins--;
    if (spins == 0) atomic.wait<i32>(p + offsetof<Run>("given"), given, -1);
  }
}

function doChunk(run: Run, thread: i32, chunk: i32): void {
  const scratch = run.scratch + usize(thread) * run.scratchStep;
  doRows(run.task, run.args, scratch, startOf(run, chunk), startOf(run, chunk + 1));
}

/** First row of a chunk. */
function startOf(run: Run, chunk: i32): i32 {
  const units = i64((run.rows + run.unit - 1) / run.unit);
  const i = i64(chunk);
  const n = i64(run.chunks);
  const unit = run.tapered ? (units * i * (3 * n - i)) / (2 * n * n) : (units * i) / n;
  return min(run.rows, i32(unit) * run.unit);
}

function doRows(task: i32, args: usize, scratch: usize, from: i32, to: i32): void {
  switch (task) {
    case 0:
      return gruSequence(changetype<GruSequence>(args), scratch, from, to);
    case 1:
      return gruSequenceGradient(changetype<GruSequence>(args), scratch, from, to);
    case 2:
      return decoderSequence(changetype<Decoder>(args), scratch, from, to);
    case 3:
      return decoderSequenceGradient(changetype<Decoder>(args), scratch, from, to);
    case 4:
      return odeSequence(changetype<OdeSequence>(args), scratch, from, to);
    case 5:
      return odeSequenceGradient(changetype<OdeSequence>(args), scratch, from, to);
    case 6:
      return linear(changetype<Linear>(args), scratch, from, to);
    case 7:
      return rowProducts(changetype<RowProducts>(args), scratch, from, to);
    case 8:
      return poissonLoss(changetype<PoissonLoss>(args), scratch, from, to);
    case 9:
      return sparseRowProduct(changetype<SparseRowProduct>(args), scratch, from, to);
    case 10:
      return squareSums(changetype<AdamW>(args), scratch, from, to);
    case 11:
      return adamW(changetype<AdamW>(args), scratch, from, to);
    case 12:
      return multiplyAll(changetype<MultiplyAll>(args), scratch, from, to);
    case 13:
      return swapRows(changetype<SwapRows>(args), scratch, from, to);
    case 14:
      return droppedRows(changetype<DroppedRows>(args), scratch, from, to);
    case 15:
      return exponentialRows(changetype<ExponentialRows>(args), scratch, from, to);
    case 16:
      return copyAll(changetype<CopyRows>(args), scratch, from, to);
    case 17:
      return sumParts(changetype<SumParts>(args), scratch, from, to);
    case 18:
      return draws(changetype<Draws>(args), scratch, from, to);
    default:
      unreachable();
  }
}
