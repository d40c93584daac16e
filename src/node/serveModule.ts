import type { MakeWorkplace, Port } from "../search/executors/serve";
import { serve } from "../search/executors/serve";

/** In a worker: runs jobs with the workplace that a module exports. */
export function serveModule(url: string, port: Port): void {
  serve(port, async (data, context) => {
    const module: { workplace?: MakeWorkplace } = await import(url).catch((cause: unknown) => {
      throw new Error(`cannot import ${url}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    });
    const { workplace } = module;
    if (typeof workplace !== "function") {
      throw new Error(`${url} must export a function "workplace", got ${typeof workplace}`);
    }
    return workplace(data, context);
  });
}
