/** What may be asked for, best first. Never an orderly shutdown: a host that hangs would not do it. */
const WANTED: Readonly<Record<"on" | "off", readonly string[]>> = {
  off: ["ForceOff"],
  on: ["On", "ForceOn"],
};

/** The ResetType to send, or why there is none; `allowed` null: the device does not say what it offers. */
export function chooseResetType(
  to: "on" | "off",
  allowed: readonly string[] | null,
): { readonly type: string } | { readonly why: string } {
  const wanted = WANTED[to];
  const type = wanted.find((one) => allowed === null || allowed.includes(one));
  if (type !== undefined) return { type };
  return { why: `it does not offer ${wanted[0]}, only ${allowed?.slice(0, 12).join(", ") || "nothing"}` };
}
