import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { readSafetensors } from "../../src/data/readSafetensors";

export interface Values {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** One golden file, which knows what has been compared and what has not. */
export class Fixture {
  readonly metadata: Readonly<Record<string, string>>;
  readonly #tensors: Readonly<Record<string, Values>>;
  readonly #compared = new Set<string>();

  constructor(
    readonly path: string,
    bytes: Uint8Array,
  ) {
    const { tensors, metadata } = readSafetensors(bytes);
    this.metadata = metadata;
    this.#tensors = tensors;
  }

  get names(): string[] {
    return Object.keys(this.#tensors);
  }

  has(name: string): boolean {
    return name in this.#tensors;
  }

  values(name: string): Values {
    const values = this.#tensors[name];
    if (!values) throw new Error(`${this.path} has no tensor "${name}"`);
    return values;
  }

  scalar(name: string): number {
    return this.values(name).data[0]!;
  }

  tensor(name: string): Tensor {
    const { data, shape } = this.values(name);
    return tensor(Float32Array.from(data), [...shape], "float32");
  }

  /** Tensors whose names start with `prefix/`, by the rest of their names. */
  group(prefix: string): Record<string, Values> {
    const start = `${prefix}/`;
    return Object.fromEntries(
      this.names
        .filter((name) => name.startsWith(start))
        .map((name) => [name.slice(start.length), this.values(name)]),
    );
  }

  json<T>(key: string): T {
    return JSON.parse(this.metadata[key] ?? "null") as T;
  }

  /** Marks a golden tensor as compared and returns it. */
  expected(name: string): Values {
    this.#compared.add(name);
    return this.values(name);
  }

  /** Golden tensors that nothing has been compared with. `inputs` are the prefixes that hold no results. */
  forgotten(inputs: readonly string[]): string[] {
    return this.names.filter(
      (name) =>
        !this.#compared.has(name) &&
        !inputs.some((prefix) => name === prefix || name.startsWith(`${prefix}/`)),
    );
  }
}
