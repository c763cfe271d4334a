import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  /** As openssl and the pins write it: `AB:CD:…`. */
  readonly fingerprint: string;
}

function openssl(folder: string, words: readonly string[]): string {
  const done = Bun.spawnSync(["openssl", ...words], { cwd: folder, stdin: "ignore", stderr: "pipe" });
  if (done.exitCode !== 0) throw new Error(`openssl ${words[0]}: ${done.stderr.toString().trim()}`);
  return done.stdout.toString();
}

/**
 * A certificate made by openssl in `folder`, for `subject` (a name or an address); signed by itself, as those of
 * controllers are when they are delivered, or by `authority`.
 */
export function makeCertificate(
  folder: string,
  name: string,
  subject: string,
  authority?: Certificate,
): Certificate {
  const signer =
    authority === undefined ? [] : ["-CA", authority.certPath, "-CAkey", authority.keyPath, "-nodes"];
  const kind = isIP(subject) === 0 ? "DNS" : "IP";
  openssl(folder, [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-keyout", `${name}.key`, "-out", `${name}.crt`, "-subj", `/CN=${name}`],
    ...["-addext", `subjectAltName=${kind}:${subject}`, ...signer],
  ]);
  return readCertificate(folder, name);
}

/** One that was made before. */
export function readCertificate(folder: string, name: string): Certificate {
  const printed = openssl(folder, ["x509", "-in", `${name}.crt`, "-noout", "-fingerprint", "-sha256"]);
  return {
    certPath: join(folder, `${name}.crt`),
    keyPath: join(folder, `${name}.key`),
    fingerprint: printed.trim().replace(/^.*=/, ""),
  };
}

export function readTls({ certPath, keyPath }: Certificate): { cert: string; key: string } {
  return { cert: readFileSync(certPath, "utf8"), key: readFileSync(keyPath, "utf8") };
}
