/** HDF5's error report in one line: what failed at the top of its call stack and, in brackets, at the bottom. */
export function summariseReport(report: string): string {
  const [first = report.trim()] = report.split("HDF5-DIAG").filter((part) => part.includes("#000"));
  const messages = [...first.matchAll(/#\d+: .* in \w+\(\): (.*)/g)].map(([, message]) => message!);
  const [top = first, bottom = top] = [messages[0], messages.at(-1)];
  return bottom === top ? top : `${top} (${bottom})`;
}
