import type { Reporter, TestModule } from "vitest/node";

/** Prints tests passed and the largest difference for each file and backend. */
export class BackendMatrix implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = new Map<string, Map<string, string>>();
    for (const module of modules) {
      const file = /(\w+)\.test\.ts$/.exec(module.moduleId)![1]!;
      rows.set(file, (rows.get(file) ?? new Map()).set(column(module), cell(module)));
    }
    const columns = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))];
    const line = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
    line(["passed, largest difference", ...columns]);
    line(["---", ...columns.map(() => "---")]);
    for (const [file, row] of rows) line([file, ...columns.map((column) => row.get(column) ?? "")]);
  }
}

/** Without the browser in brackets that vitest adds. */
function column({ project }: TestModule): string {
  return project.name.replace(/ \(.*\)$/, "");
}

function cell(module: TestModule): string {
  const tests = [...module.children.allTests()];
  const passed = tests.filter((test) => test.ok() && test.result().state === "passed");
  const differences = passed.flatMap((test) => test.meta().difference ?? []);
  const largest = differences.length > 0 ? `, ${Math.max(...differences).toExponential(1)}` : "";
  return `${passed.length} of ${tests.length}${largest}`;
}
