import { readFileSync } from "node:fs";
import ts from "typescript";

/** What the snippets of a text are together: every line of code stands on the line that it has in the text. */
export interface Program {
  /** Path of the text in the repository, and for a doc comment its line. */
  readonly name: string;
  /** To be type-checked: all snippets. */
  readonly checked: string;
  /** To be run: without those that need what a test has not. */
  readonly run: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly module: string;
  readonly names: readonly string[];
}

interface Snippet {
  /** Of its fence, counted from 0. */
  readonly line: number;
  readonly lines: readonly string[];
  readonly info: string;
}

const COMMENT = /^\s*\* ?/;

/** The programs of a file: one of all snippets of a Markdown file, one of each snippet in doc comments. */
export function programsOf(root: string, path: string): Program[] {
  const lines = readFileSync(`${root}/${path}`, "utf8").split("\n");
  const inComments = path.endsWith(".ts");
  const snippets = snippetsOf(lines, inComments ? COMMENT : /^/);
  if (!inComments) return snippets.length > 0 ? [programOf(path, lines.length, snippets)] : [];
  return snippets.map((snippet) => programOf(`${path}:${snippet.line + 1}`, lines.length, [snippet]));
}

function snippetsOf(lines: readonly string[], before: RegExp): Snippet[] {
  const snippets: Snippet[] = [];
  let open: (Snippet & { lines: string[] }) | null = null;
  lines.forEach((text, line) => {
    const fence = before.test(text) && /^```(.*)$/.exec(text.replace(before, ""));
    if (!fence) open?.lines.push(text.replace(before, ""));
    else if (open) {
      if (/^[tj]s\b/.test(open.info)) snippets.push(open);
      open = null;
    } else open = { line, lines: [], info: fence[1]! };
  });
  return snippets;
}

/** A snippet sees what those before it have made; it may give a name to something else, so each stands in the block of the one before. */
function programOf(name: string, length: number, snippets: readonly Snippet[]): Program {
  const imports = new Map<string, Set<string>>();
  const [checked, run] = [new Array<string>(length).fill(""), new Array<string>(length).fill("")];
  let runs = 0;
  for (const { line, lines, info } of snippets) {
    const code = withoutModuleSyntax(lines.join("\n"), imports).split("\n");
    code.forEach((text, i) => {
      checked[line + 1 + i] = text;
    });
    checked[line] = "{";
    if (/ needs /.test(info)) continue;
    runs++;
    code.forEach((text, i) => {
      run[line + 1 + i] = withResults(text);
    });
    run[line] = `{ at(${line + 1});`;
  }
  const declared = [...imports].map(([module, names]) =>
    names.size > 0 ? `import { ${[...names].join(", ")} } from "${module}";` : `import "${module}";`,
  );
  checked[0] = `export {}; ${declared.join(" ")} ${checked[0]}`;
  return {
    name,
    checked: checked.join("\n") + "}".repeat(snippets.length),
    run: run.join("\n") + "}".repeat(runs),
    imports: [...imports].map(([module, names]) => ({
      module,
      names: [...names].filter((one) => !one.startsWith("type ")),
    })),
  };
}

/** Blanks imports, which it adds to `imports`, and the word `export`. */
function withoutModuleSyntax(code: string, imports: Map<string, Set<string>>): string {
  const file = ts.createSourceFile("snippet.ts", code, ts.ScriptTarget.ES2022);
  let text = code;
  const blank = (from: number, to: number) => {
    text = text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, " ") + text.slice(to);
  };
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) {
      blank(statement.getStart(file), statement.end);
      const { text: module } = statement.moduleSpecifier as ts.StringLiteral;
      if (module.startsWith("./")) continue; // another snippet of the same guide
      const names = imports.get(module) ?? new Set();
      const { importClause } = statement;
      const bindings = importClause?.namedBindings;
      if (importClause && !(bindings && ts.isNamedImports(bindings))) {
        throw new Error(`a snippet must import names or nothing, got ${statement.getText(file)}`);
      }
      for (const one of bindings && ts.isNamedImports(bindings) ? bindings.elements : []) {
        names.add(`${one.isTypeOnly || importClause?.isTypeOnly ? "type " : ""}${one.name.text}`);
      }
      imports.set(module, names);
    }
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    for (const modifier of modifiers) {
      if (modifier.kind === ts.SyntaxKind.ExportKeyword) blank(modifier.getStart(file), modifier.end);
    }
  }
  return text;
}

/** What a line prints is held against the comment behind it. */
function withResults(line: string): string {
  const printed = /^(\s*)console\.log\((.*)\); \/\/ (.*)$/.exec(line);
  return printed ? `${printed[1]}printed(${JSON.stringify(printed[3])}, ${printed[2]});` : line;
}
