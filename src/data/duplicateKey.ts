/** The first key that stands twice in one object of a valid JSON text: `JSON.parse` silently keeps the last one. */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, colon] of tokens(json)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (colon) {
      const keys = open.at(-1);
      const key: string = JSON.parse(token);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Brackets and strings; a string that is a key comes with true. */
function* tokens(json: string): Generator<[string, boolean]> {
  for (const match of json.matchAll(/[{}[\]]|("(?:[^"\\]+|\\.)*")(\s*:)?/g)) {
    yield [match[1] ?? match[0], match[2] !== undefined];
  }
}
