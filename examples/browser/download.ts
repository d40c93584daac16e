import type { ResultFile } from "./messages";

/** Hands a file to the reader, as if a link to it had been followed. */
export function download({ name, bytes }: ResultFile): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
