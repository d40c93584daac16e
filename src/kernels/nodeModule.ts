/** What is used of the modules of Node. */
interface NodeModules {
  readonly "node:os": { availableParallelism(): number };
  readonly "node:v8": { setFlagsFromString(flags: string): void };
  readonly "node:worker_threads": {
    readonly Worker: new (
      source: string,
      options: { eval: true; execArgv: string[]; workerData: object },
    ) => { on(event: "error", listener: () => void): void; terminate(): unknown; unref(): void };
  };
}

/** A module of Node; undefined elsewhere. An import would be in the way of bundlers for browsers. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}
