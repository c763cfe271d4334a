import { MASK } from "../core/model/plain-text.ts";

/** The parameters that are passwords, by every name under which files and the pool database keep them. */
const PASSWORD = /^(?:HA_)?(?:OVERRIDE_)?(?:SMTP_PASS|FENCE_PASSWD)$/;
/** Of a password that was changed the earlier ones are hidden too: answers of before may still come. */
const MOST_KEPT = 20;

/** The passwords that this process has learnt, so that no text that it shows has one in it. */
export interface Secrets {
  /** Remembers the passwords among these values, by the name of their parameter. */
  learn(values: Readonly<Record<string, string>>): void;
  /** The text without any of them (`maskSecrets`). */
  mask(text: string): string;
}

export function createSecrets(): Secrets {
  const kept = new Set<string>();
  return {
    learn(values) {
      for (const [name, value] of Object.entries(values)) {
        if (!PASSWORD.test(name) || value === "") continue;
        kept.delete(value);
        kept.add(value);
      }
      for (const oldest of [...kept].slice(0, -MOST_KEPT)) kept.delete(oldest);
    },
    mask: (text) => (kept.size === 0 ? text : maskSecrets(text, kept)),
  };
}

/** Shorter than this, a password is a part of ordinary words: it is hidden where it stands alone. */
const SHORTEST_PART = 4;
/** The least that can be found again in the bytes of somebody's base64 without hitting other text. */
const SHORTEST_IN_BASE64 = 3;
const BASE64 = /[A-Za-z0-9+/_-]{4,}={0,2}/g;
const LETTER = "\\p{L}\\p{N}";

/**
 * The text without these secrets: neither as they are, nor as JSON, a URL or HTML write them, nor within base64 (AUTH
 * PLAIN sends `\\0user\\0password`, AUTH LOGIN the password alone), whatever stands around them. Whole texts only: of one
 * that was cut before, the beginning of a secret may be left.
 */
export function maskSecrets(text: string, secrets: Iterable<string>): string {
  let masked = text;
  // The longest first: one may begin like another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    if (secret !== "") masked = maskOne(masked, secret);
  return masked;
}

function maskOne(text: string, secret: string): string {
  let masked = text;
  for (const form of formsOf(secret)) masked = maskForm(masked, form);
  const bytes = Buffer.from(secret, "utf8");
  if (bytes.length < SHORTEST_IN_BASE64) return masked;
  const cores = coresOf(bytes);
  if (!cores.some((core) => masked.includes(core))) return masked;
  return masked.replace(BASE64, (run) =>
    cores.some((core) => run.includes(core)) && holds(run, bytes) ? MASK : run,
  );
}

function formsOf(secret: string): ReadonlySet<string> {
  const wellFormed = secret.toWellFormed();
  const html = wellFormed.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
  return new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(wellFormed), html]);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function maskForm(text: string, form: string): string {
  if (form.length >= SHORTEST_PART) return text.replaceAll(form, MASK);
  if (!text.includes(form)) return text;
  const alone = `(?<![${LETTER}])${form.replace(/[^\p{L}\p{N}]/gu, "\\$&")}(?![${LETTER}])`;
  return text.replace(new RegExp(alone, "gu"), MASK);
}

/** What base64 makes of the secret for certain, for each of the three places of a group at which it may begin. */
function coresOf(secret: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret]).toString("base64");
    const core = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Does this run of base64 say the secret, wherever in it the encoding begins? */
function holds(run: string, secret: Buffer): boolean {
  for (let start = 0; start < 4; start++) {
    if (Buffer.from(run.slice(start), "base64").includes(secret)) return true;
  }
  return false;
}
