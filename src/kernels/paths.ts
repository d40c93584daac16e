import { hasKernels, KERNEL_PATHS, type KernelPath } from "../ops/kernelPath";
import { nodeModule } from "./nodeModule";
import type { Build } from "./wasm/builds";
import type { Machine } from "./wasm/machine";

/** What the kernels run on, wherever nothing else is said. */
export interface KernelOptions {
  /**
   * Node 20 has `"relaxed-simd"` only when it is asked for here, or by a training state that was made on it.
   * @default the fastest that the engine has
   */
  readonly path?: KernelPath;
  /** Threads, of which results do not depend; one where memory cannot be shared. @default the processor's cores */
  readonly threads?: number;
}

const machines = new Map<Build, Promise<Machine>>();
let options: KernelOptions = {};
let fastest: Promise<KernelPath> | undefined;
/** A chunk of its own, for those who train and infer. */
const wasm = () => import("./wasm");

/** Loads the path for what starts now. @throws if the engine cannot run one that was chosen */
export async function loadKernels(): Promise<KernelPath> {
  return hasKernels() ? loadPath(options.path ?? (await fastestPath())) : "composed";
}

/** Loads the path that a training state was made on. @throws if it cannot run here */
export async function loadRecordedPath(recorded: string): Promise<KernelPath> {
  const path = KERNEL_PATHS.find((one) => one === recorded);
  const possible = path && (path === "composed" || hasKernels());
  const loaded = possible && (await loadPath(path).catch(() => null));
  if (loaded) return loaded;
  const here = hasKernels() ? await fastestPath() : "composed";
  throw new Error(
    `fit: the state was made on the path "${recorded}", which cannot run here, where "${here}" is the fastest`,
  );
}

/** From now on these options hold. @throws if the engine cannot run the path: then they do not */
export async function setKernelOptions(other: KernelOptions): Promise<KernelPath> {
  const before = options;
  options = other;
  try {
    return await loadPath(other.path ?? (await fastestPath()));
  } catch (error) {
    options = before;
    throw error;
  }
}

async function loadPath(path: KernelPath): Promise<KernelPath> {
  if (path === "composed") return path;
  await fastestPath(); // of the engine as it comes
  if (path === "relaxed-simd") (await wasm()).allowRelaxedSimd();
  (await load(path)).threads.count = threadCount();
  return path;
}

/** Decided once: a seed has one result, whatever happens between two trainings. */
function fastestPath(): Promise<KernelPath> {
  const possible = (build: Build) => load(build).then(() => build);
  fastest ??= wasm().then(() =>
    possible("relaxed-simd")
      .catch(() => possible("simd"))
      .catch(() => "composed" as const),
  );
  return fastest;
}

/** The machine of a build, without workers if it is new: it may be of no use here. */
function load(build: Build): Promise<Machine> {
  const machine = machines.get(build) ?? start(build);
  machines.set(build, machine);
  machine.catch(() => machines.delete(build)); // the engine may be told to allow it
  return machine;
}

async function start(build: Build): Promise<Machine> {
  const { loadMachine, useMachine } = await wasm();
  const machine = await loadMachine(build);
  useMachine(build, machine);
  return machine;
}

function threadCount(): number {
  const cores = nodeModule("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency;
  return options.threads ?? cores ?? 1;
}
