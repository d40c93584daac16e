export { drawBernoulli, drawIntegers, normalOf } from "./draw";
export { expAll, sigmoidAll, tanhAll } from "./elementwise";
export { copyRows, packColumns, packRows } from "./pack";
export { failChunk, runAlone, serve, takePart } from "./run";
export { countNonZero } from "./sparse";
