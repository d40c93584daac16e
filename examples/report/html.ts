/** A piece of HTML that may go into a page as it is. Made by {@link html}, so that no text gets in unescaped. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What may stand inside an {@link html} template: text is escaped, HTML is kept, lists are joined, gaps are empty. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/**
 * HTML from a template; whatever is put in as text is escaped.
 *
 * @example html`<p>${"rates < 5 Hz"}</p>`.text // "<p>rates &lt; 5 Hz</p>"
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** Text with the five characters that mean something in HTML replaced; control characters become spaces. */
function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/\p{Cc}/gu, (character) => (character === "\n" ? character : " "));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return value.map(render).join("");
}
