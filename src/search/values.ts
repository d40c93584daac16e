/** Hyperparameters of a model, by name: plain data. */
export type Values = Readonly<Record<string, number | string | boolean>>;
