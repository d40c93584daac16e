import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anyTypes } from "./anyTypes";

const TYPES = `
  import { Loose } from "loose";
  import { Missing } from "missing";

  export declare const value: any;
  export declare function takes(x: any): void;
  export declare function gives(x: number): Promise<any>;
  export declare function generic<T extends any[]>(x: T): void;
  export declare function calls(options: { then?: (x: any) => void }): void;
  export interface Deep { readonly a: { b: readonly any[] } }
  export interface Index { [name: string]: any }
  export interface Alias { a?: Readonly<Record<string, any>> }
  export declare class Constructor { constructor(x: any); }
  export declare class Static { static make(): any; }
  export {};
  interface Hidden { a: any }
  export declare const hidden: Hidden | null;
  export declare class Derived extends Loose<any> {}
  export declare function unresolved(): Missing;

  export declare class Private { #private; private secret: any; }
  export declare class OfAnother extends Loose<string> { same(x: string): string; }
  export interface Tree<T> { readonly children: readonly Tree<T>[]; readonly value: T; loose: Loose; }
  export declare function walk<T>(tree: Tree<T>, visit: (value: T) => unknown): Partial<Tree<T>>;
`;

test("finds any wherever it reaches a user, but not what is private or another package's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "lfads-any-"));
  try {
    const write = (name: string, text: string) => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, "index.d.ts"), text);
      return join(folder, name, "index.d.ts");
    };
    write("node_modules/loose", "export class Loose<T = unknown> { value: any; same(x: T): T; }");
    const entry = write("own", TYPES);
    expect(anyTypes([entry], join(folder, "own/")).sort()).toEqual([
      "Alias.a<0><1>",
      "Constructor.parameter(x)",
      "Deep.a.b<0>",
      "Derived extends<0>",
      "Index[]",
      "Static.make()",
      "calls.parameter(options).then.parameter(x)",
      "generic<T> extends<0>",
      "gives()<0>",
      "hidden.a",
      "takes.parameter(x)",
      "unresolved()",
      "value",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
