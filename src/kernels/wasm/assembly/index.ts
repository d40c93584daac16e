export { expAll, scaleAll, sigmoidAll, squareSum, tanhAll } from "./elementwise";
export { copyRows, packColumns, packRows, zeros } from "./pack";
export { failChunk, runAlone, serve, takePart } from "./run";
export { countNonZero } from "./sparse";
