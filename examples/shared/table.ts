/** Prints rows in aligned columns, the first row as head. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("   ");
  rows.forEach((row, i) => {
    console.log(line(row));
    if (i === 0) console.log(widths.map((width) => "-".repeat(width)).join("   "));
  });
}

/** A number for people; a dash where there is none. */
export function number(value: number | undefined, digits = 3): string {
  return value === undefined || Number.isNaN(value) ? "-" : value.toFixed(digits);
}
