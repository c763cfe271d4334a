const LONGEST = 160;

/** The text without `secret`, and without characters that could write lines or colours of their own. */
export function printable(text: string, secret: string, mask: string): string {
  const safe = secret === "" ? text : text.replaceAll(secret, mask);
  return safe.replace(/[^\x20-\x7e]+/g, " ");
}

/**
 * What a device said, fit for a line of the log: without `secret`, without characters that could write lines or colours
 * of their own, and short.
 */
export function quote(text: string, secret: string): string {
  const plain = printable(text, secret, "***").trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
