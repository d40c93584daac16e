/** What a user's compiler accepts and refuses about models, data and inference; checked by `npm run types`, never run. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { type Inferred, infer, LFADS, type NdArray, ndarray, useKernels } from "lfads";
import { readHdf5 } from "lfads/hdf5";
import { loadHdf5 } from "lfads/node";
import { expectTypeOf } from "vitest";

const counts = ndarray(new Float32Array(24), [2, 4, 3]);
expectTypeOf(counts).toExtend<NdArray<Float32Array>>();
// @ts-expect-error plain arrays hold no numbers of a known type
ndarray([1, 2], [2]);
// @ts-expect-error a shape does not change
counts.shape[0] = 3;

const model = new LFADS({ channels: { encode: 39, reconstruct: 52 }, bins: { encode: 20, reconstruct: 30 } });
new LFADS({ channels: 3, bins: 4, controller: false, generator: { units: 5 }, seed: "a" });
new LFADS({ sessions: [{ channels: 3 }, { channels: 5 }], readin: 2, bins: 4 });
// @ts-expect-error bins are missing
new LFADS({ channels: 3 });
// @ts-expect-error neither channels nor sessions
new LFADS({ bins: 4 });
// @ts-expect-error channels belong to sessions
new LFADS({ channels: 3, sessions: [{ channels: 3 }], bins: 4 });
// @ts-expect-error unknown option
new LFADS({ channels: 3, bins: 4, generater: { units: 5 } });
// @ts-expect-error there is only false
new LFADS({ channels: 3, bins: 4, controller: true });
// @ts-expect-error an option that is given has a value
new LFADS({ channels: 3, bins: 4, factors: undefined });
// @ts-expect-error a reconstruction is an object
new LFADS({ channels: 3, bins: 4, reconstruction: "poisson" });
// @ts-expect-error what a model was made with does not change
model.architecture.factors = 3;

expectTypeOf(infer(model, { encode: counts })).resolves.toEqualTypeOf<Inferred>();
expectTypeOf<Inferred["rates"]["data"]>().toEqualTypeOf<Float32Array>();
expectTypeOf(model.parameters).toExtend<Readonly<Record<string, Tensor>>>();
infer(model, { encode: counts }, { samples: 0, onProgress: ({ trials, of }) => trials / of });
// @ts-expect-error tensors are no arrays of a data set
infer(model, { encode: model.parameters.x! });
// @ts-expect-error a number
infer(model, { encode: counts }, { samples: "50" });

expectTypeOf(readHdf5).parameter(0).toEqualTypeOf<Uint8Array | ArrayBuffer>();
expectTypeOf(loadHdf5).returns.toEqualTypeOf<ReturnType<typeof readHdf5>>();
expectTypeOf(useKernels({ path: "simd", threads: 2 })).resolves.toEqualTypeOf<
  "composed" | "simd" | "relaxed-simd"
>();
// @ts-expect-error no such path
useKernels({ path: "sse" });
