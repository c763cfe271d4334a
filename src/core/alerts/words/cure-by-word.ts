/** Too few are heard: one that is off does not count any more as soon as that is known. */
export function cureByWord(hosts: readonly string[]): string {
  const [last = "", ...others] = [...hosts].reverse();
  if (others.length === 0) return ` If ${last} is off: ha-cfg confirm-off ${last}.`;
  const names = `${[...others].reverse().join(", ")} and ${last}`;
  return ` If ${names} are off, for each of them: ha-cfg confirm-off HOST.`;
}
