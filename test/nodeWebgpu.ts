/** Gives Node a WebGPU, before the backend of TensorFlow.js looks for one: that of the package `webgpu`, on Chromium's GPU of software. */
import { create, globals } from "webgpu";

process.env.VK_ICD_FILENAMES ??= "/usr/lib/chromium/vk_swiftshader_icd.json";
Object.assign(globalThis, globals);
// Node 21 and later have a navigator of their own, without a GPU.
Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
