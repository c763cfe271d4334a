/**
 * The 32 digits of a UUID, however it is written: with or without dashes, in capitals, in braces, as a URN. null for
 * everything else, and for what controllers show when they know none: all digits 0, or all F.
 */
export function readMachineId(text: string): string | null {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^urn:uuid:/, "")
    .replace(/^\{(.*)\}$/, "$1")
    .replaceAll("-", "");
  return /^[0-9a-f]{32}$/.test(digits) && !/^(0+|f+)$/.test(digits) ? digits : null;
}

/**
 * The same UUID in the other byte order. SMBIOS keeps the first three fields with the lowest byte first, and not every
 * controller turns them round: `11223344-5566-7788-…` and `44332211-6655-8877-…` are one machine.
 */
export function otherByteOrder(digits: string): string {
  const turn = (field: string) => (field.match(/../g) ?? []).reverse().join("");
  return turn(digits.slice(0, 8)) + turn(digits.slice(8, 12)) + turn(digits.slice(12, 16)) + digits.slice(16);
}

/** Whether two, as `readMachineId` gives them, are one machine. */
export function isSameMachine(a: string, b: string): boolean {
  return a === b || a === otherByteOrder(b);
}
