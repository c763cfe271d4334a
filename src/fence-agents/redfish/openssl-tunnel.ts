import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { readChunks, runCommand } from "../../adapters/processes/run-command.ts";
import type { Clock } from "../../ports/clock.ts";
import { HTTPS_PORT, hostHeaderOf } from "./endpoint.ts";
import { final, passing } from "./fault.ts";
import { explainConnection } from "./tls-words.ts";
import { type Connected, type ConnectOptions, checkFingerprint } from "./verified-socket.ts";

export interface TunnelContext {
  readonly clock: Clock;
  /** Of the program: PATH and the like, no secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Longer than any request: for a program that nobody is left to end. */
  readonly guardMs: number;
}

const VERSION_MS = 2_000;
const LONGEST_PREAMBLE = 64_000;
const LONGEST_ERRORS = 4_000;
/** The end of what `s_client` tells about a connection before the data begins. */
const PREAMBLE_END = /Verify return code: [^\n]*\n(?:[^\n]*\n)*?---\n/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/;
/** What it says into the data when the other side has hung up. */
const CLOSED = Buffer.from("closed\n");

/**
 * A connection by Dom0's `openssl s_client`, for controllers whose only cipher suites this program does not have (those
 * with CBC and SHA-256 or SHA-384, and ephemeral Diffie-Hellman). As with its own ones, nothing is sent before the
 * certificate was checked. null when there is no openssl. Never rejects; ends with `signal`.
 */
export async function connectByOpenssl(
  options: ConnectOptions,
  context: TunnelContext,
  signal: AbortSignal,
): Promise<Connected | null> {
  const { clock, environment } = context;
  const how = { timeoutMs: VERSION_MS, env: { ...environment }, signal };
  const version = await runCommand(clock, ["openssl", "version"], how);
  if (version.exitCode !== 0) return signal.aborted ? passing("the time was over") : null;
  const child = start(argumentsFor(options, /^OpenSSL 1\.0/.test(version.output)), context);
  if (child === null) return null;
  const { promise, resolve } = Promise.withResolvers<Connected>();
  const tunnel = new Tunnel(child);
  const end = () => void tunnel.destroy();
  signal.addEventListener("abort", end, { once: true });
  let errors = "";
  const decoder = new TextDecoder();
  const saying = readChunks(child.stderr, (chunk) => {
    errors = (errors + decoder.decode(chunk, { stream: true })).slice(0, LONGEST_ERRORS);
    return true;
  });
  let preamble = "";
  const reading = readChunks(child.stdout, (chunk) => {
    if (tunnel.isOpen) return tunnel.receive(Buffer.from(chunk));
    preamble += Buffer.from(chunk).toString("latin1");
    const telling = PREAMBLE_END.exec(preamble);
    if (telling === null || !isConnected(preamble)) return preamble.length <= LONGEST_PREAMBLE;
    tunnel.isOpen = true;
    void judge(preamble, options).then((judged) => {
      if (judged !== null) tunnel.destroy();
      resolve(judged ?? { ok: true, socket: tunnel });
    });
    return tunnel.receive(Buffer.from(preamble.slice(telling.index + telling[0].length), "latin1"));
  });
  void child.exited.then(async () => {
    await Promise.all([reading.finish(clock, VERSION_MS), saying.finish(clock, VERSION_MS)]);
    tunnel.endOfData();
    signal.removeEventListener("abort", end);
    resolve(explainEnd(errors, options));
  });
  return await promise;
}

function argumentsFor({ endpoint, trust }: ConnectOptions, isOld: boolean): readonly string[] {
  const { address, port } = endpoint;
  const name = isIP(address) === 0 ? ["-servername", address] : [];
  const check = isIP(address) === 0 ? ["-verify_hostname", address] : ["-verify_ip", address];
  const suites = "ALL:!aNULL:!eNULL:!EXPORT";
  return [
    // Its letters for a dialogue (Q, R) are data, too.
    ...["s_client", "-ign_eof", "-connect"],
    port === HTTPS_PORT ? `${hostHeaderOf(endpoint)}:${port}` : hostHeaderOf(endpoint),
    ...name,
    ...(isOld
      ? ["-cipher", suites]
      : ["-cipher", `${suites}:@SECLEVEL=0`, "-min_protocol", "TLSv1", "-max_protocol", "TLSv1.2"]),
    ...(trust.kind === "authorities" ? ["-CAfile", trust.path, "-verify_return_error", ...check] : []),
  ];
}

type Child = Bun.Subprocess<"pipe", "pipe", "pipe">;

function start(args: readonly string[], { environment, guardMs }: TunnelContext): Child | null {
  const guard = ["timeout", "--foreground", "--signal=KILL", (guardMs / 1_000).toFixed(1)];
  try {
    return Bun.spawn([...guard, "openssl", ...args], {
      ...{ cwd: "/", env: { ...environment } },
      ...{ stdin: "pipe", stdout: "pipe", stderr: "pipe" },
    });
  } catch {
    return null;
  }
}

/** It tells as much of a handshake that has failed; then it ends. */
function isConnected(preamble: string): boolean {
  return /^New, .*Cipher is (?!\(NONE\))/m.test(preamble);
}

/** null: the certificate is the one that was expected. */
async function judge(preamble: string, { endpoint, trust }: ConnectOptions): Promise<Connected | null> {
  if (trust.kind === "authorities")
    return /^ *Verify return code: 0 /m.test(preamble)
      ? null
      : final(`its certificate cannot be verified with ${trust.path}; nothing was sent to it`);
  const pem = CERTIFICATE.exec(preamble)?.[0];
  const distrust = await checkFingerprint(endpoint, trust, pem === undefined ? "" : fingerprintOf(pem));
  return distrust === null ? null : final(distrust);
}

function fingerprintOf(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return "";
  }
}

function explainEnd(errors: string, { endpoint, trust, legacyTls }: ConnectOptions): Connected {
  const lines = errors.split("\n").filter((line) => line.trim() !== "");
  const wrong = lines.find((line) => /^verify error|certificate verify failed/i.test(line));
  if (wrong !== undefined && trust.kind === "authorities")
    return final(`its certificate cannot be verified with ${trust.path}: ${wrong}; nothing was sent to it`);
  const said = lines.find((line) => /:error:|^error:/.test(line))?.replace(/^.*?error:/, "error:");
  const last = (said ?? lines.at(-1) ?? "openssl said nothing").replace(/:[^:]*\.c:\d+:.*$/, "");
  const name = (last.split(":").at(-1) ?? last).toUpperCase().replaceAll(" ", "_");
  const error =
    said === undefined ? new Error(last) : Object.assign(new Error(last), { code: `ERR_SSL_${name}` });
  return explainConnection(error, { port: endpoint.port, reached: true, legacyTls, authorities: null });
}

/** The data of a connection, after the certificate was checked. */
class Tunnel extends Duplex {
  isOpen = false;
  private readonly child: Child;
  private held: Buffer = Buffer.alloc(0);

  constructor(child: Child) {
    super();
    this.child = child;
  }

  /** Keeps back what may be the program's own last word. */
  receive(chunk: Buffer): boolean {
    const all = Buffer.concat([this.held, chunk]);
    const cut = all.subarray(-CLOSED.length).equals(CLOSED) ? all.length - CLOSED.length : all.length;
    this.held = all.subarray(cut);
    if (cut > 0 && !this.destroyed) this.push(all.subarray(0, cut));
    return !this.destroyed;
  }

  endOfData(): void {
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    // It is pushed as it comes: an answer is bounded by who reads it.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      this.child.stdin.write(chunk);
      Promise.resolve(this.child.stdin.flush()).then(() => done(), done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // `timeout` passes it on to openssl; SIGKILL could not be.
    this.child.kill("SIGTERM");
    done(error);
  }
}
