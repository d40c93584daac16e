import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the site has every guide", () => {
  const { projectDocuments } = JSON.parse(
    readFileSync(new URL("../../typedoc.json", import.meta.url), "utf8"),
  );
  const guides = readdirSync(new URL("../../docs", import.meta.url)).filter((name) => name.endsWith(".md"));
  expect([...projectDocuments].sort()).toEqual(guides.map((name) => `docs/${name}`).sort());
});
