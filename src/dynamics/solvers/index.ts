export {
  type AdaptiveOptions,
  type AdaptiveSolver,
  adaptiveTsit5,
  type StepStatistics,
} from "./adaptiveTsit5";
export { euler } from "./euler";
export { midpoint } from "./midpoint";
export type { Derivative, OdeSolver } from "./odeSolver";
export { type RungeKutta, rungeKutta } from "./rungeKutta";
export { rungeKutta4 } from "./rungeKutta4";
export { tsit5 } from "./tsit5";
