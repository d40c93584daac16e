import { reshape, type Tensor } from "@tensorflow/tfjs-core";
import type { LinearInputs } from "../../ops/linear";
import type { Implementation } from "../../ops/op";
import type { Address } from "./exports";
import { type Machine, padded } from "./machine";
import { affineGradient, productGradients } from "./productGradient";
import type { Matrix } from "./rowProduct";
import { packBias, packStraight, packTransposed } from "./weights";

/** Rows at a time. */
const GRAIN = 96;

/** The affine map of `ops/linear.ts`. */
export function linearKernel(machine: Machine): Implementation<LinearInputs, Record<string, never>> {
  return {
    forward: ({ x, weight, bias }) =>
      machine.call(() => {
        const { rows, outputs, k, n } = sizes(x, weight);
        const panels = packTransposed(machine, { weight, blocks: 1 });
        const start = bias && packBias(machine, bias, 1);
        const y = multiply(machine, { address: machine.matrix(x), columns: k }, panels, { rows, n, start });
        return [machine.tensor(y, [...x.shape.slice(0, -1), outputs])];
      }),
    gradient([dy], { x, weight }) {
      const { rows, inputs, outputs, k, n } = sizes(x, weight);
      const d = machine.call(() =>
        productGradients(
          machine,
          { bins: 1, batch: rows },
          {
            map: affineGradient(
              machine,
              { address: machine.matrix(dy!), columns: n },
              { address: machine.matrix(x), columns: k, width: inputs },
              { blocks: 1, units: outputs },
            ),
          },
        ),
      ).map;
      return {
        x: () =>
          machine.call(() => {
            const panels = packStraight(machine, { weight, blocks: 1 });
            const a = { address: machine.matrix(dy!), columns: n };
            return machine.tensor(multiply(machine, a, panels, { rows, n: k }), x.shape);
          }),
        weight: () => d.weight.clone(),
        bias: () => reshape(d.bias, [outputs]),
      };
    },
  };
}

/** `X W` for packed W of n columns, as a new matrix; every row starts from `start`, by default zero. */
export function multiply(
  machine: Machine,
  x: Matrix,
  panels: Address,
  { rows, n, start }: { rows: number; n: number; start?: Address | undefined },
): Address {
  const y = machine.block(rows * n);
  const s = start ?? machine.zeros(n);
  const args = { y, n, s, x: x.address, xStep: 4 * x.columns, k: x.columns, weight: panels };
  machine.run("linear", args, { count: rows, grain: GRAIN, cost: n * x.columns });
  return y;
}

function sizes(x: Tensor, weight: Tensor) {
  const [outputs, inputs] = weight.shape as [number, number];
  return { rows: x.size / inputs, inputs, outputs, k: padded(inputs), n: padded(outputs) };
}
