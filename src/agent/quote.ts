const LONGEST = 160;

/**
 * What a device said, fit for a line of the log: without `secret`, without characters that could write lines or colours
 * of their own, and short.
 */
export function quote(text: string, secret: string): string {
  const safe = secret === "" ? text : text.replaceAll(secret, "***");
  const printable = safe.replace(/[^\x20-\x7e]+/g, " ").trim();
  return printable.length > LONGEST ? `${printable.slice(0, LONGEST)}…` : printable;
}
