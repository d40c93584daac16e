export type { Candidate, Explore, ExploreContext, Outcome } from "./explore";
export { linearExplore } from "./linear";
export { logSymmetricExplore } from "./logSymmetric";
export { type ResampleOptions, resampleExplore } from "./resample";
