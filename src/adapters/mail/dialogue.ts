/**
 * A logger for nodemailer that passes the dialogue on, without the password: neither as it is, nor in the forms in
 * which AUTH sends it (base64 of itself, and of `\\0user\\0password`).
 */
export function dialogueLogger(
  server: { readonly user: string; readonly password: string },
  tell: (line: string) => void,
) {
  const secrets = secretForms(server.user, server.password);
  const say = (entry: unknown, message: unknown, ...values: unknown[]) => {
    const kind = (entry as { tnx?: unknown } | null)?.tnx;
    const mark = kind === "client" ? "> " : kind === "server" ? "< " : "  ";
    let text = fill(String(message), values);
    for (const secret of secrets) text = text.replaceAll(secret, "********");
    for (const line of text.split(/\r?\n/)) if (line.trim() !== "") tell(`${mark}${line}`);
  };
  const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
  const methods = Object.fromEntries(levels.map((level) => [level, say])) as Record<
    (typeof levels)[number],
    typeof say
  >;
  return { ...methods, level: () => undefined };
}

/** nodemailer's messages have `%s` for their values. */
function fill(message: string, values: readonly unknown[]): string {
  let next = 0;
  return message.replace(/%[sd]/g, () => String(values[next++] ?? ""));
}

function secretForms(user: string, password: string): readonly string[] {
  if (password === "") return [];
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  // nodemailer itself puts a comment in the place of the password.
  const plain = [`\0${user}\0/* secret */`, `\0${user}\0${password}`, password];
  return [...plain.map(base64), password];
}
