import ts from "typescript";

/**
 * Where the public types of a package are `any`, written or left by an import that cannot be resolved: paths such as
 * `fit.parameter(options).signal`. Types of other packages count where these are given as arguments of theirs.
 *
 * @param entries files of types
 * @param folder what lies in here is the package
 */
export function anyTypes(entries: readonly string[], folder: string): string[] {
  const program = ts.createProgram(entries, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const found: string[] = [];
  const seen = new Set<ts.Type>();
  const isOwn = (symbol: ts.Symbol | undefined) =>
    symbol?.declarations?.some((declaration) => declaration.getSourceFile().fileName.startsWith(folder)) ??
    false;
  const isPrivate = ({ name, declarations = [] }: ts.Symbol) =>
    name.startsWith("#") ||
    declarations.some((one) => ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private);

  function visit(type: ts.Type, path: string): void {
    if (type.flags & ts.TypeFlags.Any) {
      found.push(path);
      return;
    }
    if (seen.has(type)) return;
    seen.add(type);
    for (const [i, argument] of (type.aliasTypeArguments ?? []).entries()) visit(argument, `${path}<${i}>`);
    if (type.isUnionOrIntersection()) {
      for (const part of type.types) visit(part, path);
    }
    if (type.flags & ts.TypeFlags.TypeParameter) {
      const constraint = checker.getBaseConstraintOfType(type);
      if (constraint) visit(constraint, `${path} extends`);
    }
    if (!(type.flags & ts.TypeFlags.Object)) return;
    if ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) {
      for (const [i, argument] of checker.getTypeArguments(type as ts.TypeReference).entries()) {
        visit(argument, `${path}<${i}>`);
      }
    }
    if (isOwn(type.symbol)) visitMembers(type, path);
  }

  function visitMembers(type: ts.Type, path: string): void {
    for (const property of checker.getPropertiesOfType(type)) {
      if (isOwn(property) && !isPrivate(property))
        visit(checker.getTypeOfSymbol(property), `${path}.${property.name}`);
    }
    for (const info of checker.getIndexInfosOfType(type)) visit(info.type, `${path}[]`);
    if (type.isClassOrInterface()) {
      for (const base of checker.getBaseTypes(type)) visit(base, `${path} extends`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const one of signature.typeParameters ?? []) visit(one, `${path}<${one.symbol.name}>`);
      for (const parameter of signature.parameters) {
        visit(checker.getTypeOfSymbol(parameter), `${path}.parameter(${parameter.name})`);
      }
      visit(signature.getReturnType(), `${path}()`);
    }
  }

  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
      if (symbol.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(symbol), exported.name);
    }
  }
  return found;
}
