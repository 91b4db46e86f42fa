// WebAssembly memories belong to instances that packages keep to themselves, so instances are
// noted as they are made.
const memories = new Set();

function note(instance) {
  for (const value of Object.values(instance.exports)) {
    if (value instanceof WebAssembly.Memory) memories.add(value);
  }
}

/** To be called before a peer is imported. */
export function watchWasm() {
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      const instance = new target(...args);
      note(instance);
      return instance;
    },
  });
}

/** Bytes of all memories; a memory only grows, in pages of 64 KiB. */
export function wasmBytes() {
  let total = 0;
  for (const memory of memories) total += memory.buffer.byteLength;
  return total;
}
