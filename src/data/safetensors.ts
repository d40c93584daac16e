export { readSafetensors, type Safetensors } from "./readSafetensors";
export { writeSafetensors } from "./writeSafetensors";
