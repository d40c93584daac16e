export type { Candidate, Explore, ExploreContext, Outcome } from "./explore";
export { linearExplore } from "./linear";
export { logSymmetricExplore } from "./logSymmetric";
export { type Pb2Options, pb2Explore } from "./pb2";
export { type ResampleOptions, resampleExplore } from "./resample";
