export { allowRelaxedSimd } from "./builds";
export { loadMachine } from "./load";
export { useMachine } from "./useMachine";
