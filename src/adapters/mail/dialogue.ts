import { maskSecrets } from "../../config/secrets.ts";

/** What nodemailer itself puts in the place of the password when it tells of AUTH. */
const COMMENT = "/* secret */";
/** A mail server has to say less; what says more is cut off elsewhere. */
const LONGEST_LINE = 2_000;

/**
 * A logger for nodemailer that passes the dialogue on, when somebody listens, without the password; and says when it asks
 * for STARTTLS and when TLS stands, which nodemailer says nowhere else.
 */
export function dialogueLogger(
  server: { readonly password: string },
  tell: ((line: string) => void) | null,
  onStage: (stage: "upgrading" | "upgraded") => void,
) {
  const secrets = [server.password, COMMENT];
  const say = (entry: unknown, message: unknown, ...values: unknown[]) => {
    const kind = (entry as { tnx?: unknown } | null)?.tnx;
    const mark = kind === "client" ? "> " : kind === "server" ? "< " : "  ";
    const text = fill(String(message), values);
    if (kind === "client" && text.trim() === "STARTTLS") onStage("upgrading");
    if (kind === "smtp" && text.startsWith("Connection upgraded")) onStage("upgraded");
    if (tell === null) return;
    const masked = maskSecrets(text, secrets);
    for (const line of masked.split(/\r?\n/))
      if (line.trim() !== "") tell(`${mark}${line.slice(0, LONGEST_LINE)}`);
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
