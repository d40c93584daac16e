/** Numbers that a search may change while a model trains; an argument of training, never part of the model. */
export interface Hyperparameters {
  /** Of AdamW, before any decay. @default 4e-3 */
  readonly learningRate: number;
  /** Decoupled weight decay; comes in with the L2 ramp. @default 0 */
  readonly weightDecay: number;
  /** Dropout rate. @default 0.3 */
  readonly dropout: number;
  /** Rate of coordinated dropout. @default 0.3 */
  readonly coordinatedDropout: number;
  /** Probability that coordinated dropout passes the gradient of a sample that was seen. @default 0 */
  readonly coordinatedDropoutPass: number;
  /** Weight of the divergence of the initial condition. @default 1e-5 */
  readonly klInitialCondition: number;
  /** Weight of the divergence of the controller output. @default 1e-5 */
  readonly klControllerOutput: number;
  /** Weights of the L2 penalty on the recurrent kernels. @default 0 */
  readonly l2IcEncoder: number;
  /** @default 0 */
  readonly l2CiEncoder: number;
  /** @default 1e-2 */
  readonly l2Generator: number;
  /** @default 1e-2 */
  readonly l2Controller: number;
}

/** What {@link Hyperparameters} are unless given. */
export const defaultHyperparameters: Hyperparameters = {
  learningRate: 4e-3,
  weightDecay: 0,
  dropout: 0.3,
  coordinatedDropout: 0.3,
  coordinatedDropoutPass: 0,
  klInitialCondition: 1e-5,
  klControllerOutput: 1e-5,
  l2IcEncoder: 0,
  l2CiEncoder: 0,
  l2Generator: 1e-2,
  l2Controller: 1e-2,
};

/** Upper bounds of hyperparameters that are rates or probabilities. */
const RULES: Readonly<Record<string, { readonly valid: (value: number) => boolean; readonly text: string }>> =
  {
    dropout: { valid: (rate) => rate < 1, text: "in [0, 1)" },
    coordinatedDropout: { valid: (rate) => rate < 1, text: "in [0, 1)" },
    coordinatedDropoutPass: { valid: (probability) => probability <= 1, text: "in [0, 1]" },
  };

/**
 * Fills in the defaults.
 * @throws if a name is unknown or a value out of range
 */
export function resolveHyperparameters(
  given: Partial<Hyperparameters> = {},
  defaults: Hyperparameters = defaultHyperparameters,
): Hyperparameters {
  const resolved = { ...defaults, ...given };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Object.hasOwn(defaultHyperparameters, name)) {
      const known = Object.keys(defaultHyperparameters).join(", ");
      throw new Error(`fit: no hyperparameter is called "${name}", there are ${known}`);
    }
    const rule = RULES[name] ?? { valid: (x) => x < Infinity, text: "a finite number, not negative" };
    if (!(value >= 0 && rule.valid(value))) {
      throw new Error(`fit: hyperparameter ${name} must be ${rule.text}, got ${value}`);
    }
  }
  return resolved;
}
