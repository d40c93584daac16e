export { type AutoregressivePriorOptions, autoregressivePrior } from "./autoregressivePrior";
export { type NormalPriorOptions, normalPrior } from "./normalPrior";
export { nullPrior } from "./nullPrior";
export type { Prior } from "./prior";
export { type StudentTPriorOptions, studentTPrior } from "./studentTPrior";
