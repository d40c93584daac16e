import { type Html, type HtmlValue, html } from "./html";
import { styleSheet } from "./style";

/** One part of a page, with its own entry in the list of contents. */
export interface Section {
  readonly heading: string;
  /** What the section shows and what to look for. @default none */
  readonly intro?: HtmlValue;
  /** Figures, tables, cards. */
  readonly body: HtmlValue;
}

export interface PageOptions {
  readonly title: string;
  /** @default none */
  readonly subtitle?: string;
  /** Below the title: facts, large numbers. @default none */
  readonly lead?: HtmlValue;
  readonly sections: readonly Section[];
  /** @default none */
  readonly footer?: string;
}

/** A whole HTML document: one file without scripts, links to elsewhere or anything to load. */
export function page({ title, subtitle, lead, sections, footer }: PageOptions): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${styleSheet}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${subtitle && html`<p class="subtitle">${subtitle}</p>`}
${lead}
${
  sections.length > 2 &&
  html`<nav aria-label="Contents"><ul>${sections.map(
    ({ heading }, i) => html`<li><a href="#section-${i + 1}">${heading}</a></li>`,
  )}</ul></nav>`
}
</header>
<main>
${sections.map(
  ({ heading, intro, body }, i) => html`<section id="section-${i + 1}" aria-labelledby="heading-${i + 1}">
<h2 id="heading-${i + 1}">${heading}</h2>
${intro && html`<div class="intro">${intro}</div>`}
${body}
</section>
`,
)}</main>
${footer && html`<footer><p>${footer}</p></footer>`}
</body>
</html>
`}`;
}

/** A framed part of a section, such as one trial. */
export function card(body: HtmlValue, heading?: string): Html {
  return html`<article class="card">${heading && html`<h3>${heading}</h3>`}
${body}</article>`;
}
