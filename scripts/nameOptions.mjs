import { Converter, ReflectionKind } from "typedoc";

/** For TypeDoc: a parameter that is destructured in the signature is called "options". */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
      if (parameter.name === "__namedParameters") parameter.name = "options";
    }
  });
}
