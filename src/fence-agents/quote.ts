const LONGEST = 160;

/** The text without `secret`, however it is written in it, and without characters that could write lines or colours of their own. */
export function printable(text: string, secret: string, mask: string): string {
  let safe = text;
  for (const spelling of spellings(secret)) safe = safe.replaceAll(spelling, mask);
  return safe.replace(/[^\x20-\x7e]+/g, " ");
}

/** As it stands in JSON, in an address, in a web page; the longest first, because a shorter one may be part of it. */
function spellings(secret: string): readonly string[] {
  if (secret === "") return [];
  const page = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const all = new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    page,
    page.replaceAll('"', "&quot;"),
    page.replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  ]);
  return [...all].sort((a, b) => b.length - a.length);
}

/**
 * What a device said, fit for a line of the log: without `secret`, without characters that could write lines or colours
 * of their own, and short.
 */
export function quote(text: string, secret: string): string {
  const plain = printable(text, secret, "***").trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
