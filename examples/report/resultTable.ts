import { type Html, html } from "./html";

/** Methods (rows) by scores (columns); the values are ready to read. */
export interface ResultTable {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    /** One per column. */
    readonly values: readonly string[];
    /** The row the page is about. @default false */
    readonly emphasis?: boolean;
  }[];
  /** What the scores mean and on which data. @default none */
  readonly note?: string;
}

/** The scores as a table. */
export function resultTable({ columns, rows, note }: ResultTable): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Scores"><table>
<thead><tr><th scope="col">Method</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ label, values, emphasis }) =>
      html`<tr${emphasis && html` class="emphasis"`}><th scope="row">${label}</th>${columns.map(
        (_, i) => html`<td>${values[i] ?? "–"}</td>`,
      )}</tr>
`,
  )}</tbody></table></div>
${note && html`<p class="note">${note}</p>`}`;
}

/** The scores of the first row with emphasis as large numbers, each above a bar for every method. */
export function headline({ columns, rows }: ResultTable): Html {
  const main = rows.find(({ emphasis }) => emphasis);
  if (!main) return html``;
  return html`<div class="headline">${columns.map((name, i) => {
    const longest = Math.max(...rows.map(({ values }) => positive(values[i])));
    return html`<div class="tile"><p class="what">${name}</p><p class="big">${main.values[i] ?? "–"}</p>
<ul>${rows.map(({ label, values }) => {
      const share = longest > 0 ? (100 * positive(values[i])) / longest : 0;
      return html`<li${values === main.values && html` class="main"`}><span>${label}</span><span>${values[i] ?? "–"}</span>
<i><i style="width:${share.toFixed(1)}%"></i></i></li>`;
    })}</ul></div>
`;
  })}</div>`;
}

function positive(value: string | undefined): number {
  const number = Number.parseFloat(value ?? "");
  return Number.isFinite(number) ? Math.max(number, 0) : 0;
}

/** Names and values in a row, such as the size of the model and the time it took. */
export function factList(facts: readonly { readonly label: string; readonly value: string }[]): Html {
  if (facts.length === 0) return html``;
  return html`<dl class="facts">${facts.map(
    ({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}
