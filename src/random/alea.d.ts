declare module "seedrandom/lib/alea.js" {
  /** A generator of that seed, for which only 32-bit integers are declared here. */
  export default function alea(seed: string): { int32(): number };
}
