/**
 * A memory that threads can share, with the largest bound that the engine grants: 4 GiB, or half, or a quarter, and so on.
 * @throws if the engine cannot share memory, or has not even 64 MiB
 */
export function sharedMemory(): WebAssembly.Memory {
  for (let maximum = 65536; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared: true });
    } catch (error) {
      if (maximum <= 1024) throw error;
    }
  }
}
