import type { XapiResult } from "../../core/model/pool-view.ts";
import type { OpenMasterWay } from "../../ports/xapi-transport.ts";
import { type ReadOptions, readRegularFile } from "../files/regular-file.ts";
import { createPoolTlsTransport } from "./transport.ts";

export interface PoolTlsOptions {
  /** The certificates of the pool's hosts, one after the other (`Paths.poolCertificates`). */
  readonly bundlePath: string;
  readonly secretPath: string;
  readonly mask: (text: string) => string;
  /** 443 unless a test says otherwise. */
  readonly port?: number;
}

/** A certificate has less than two thousand bytes; 64 hosts. */
const BUNDLE: ReadOptions = { maxBytes: 262_144, trusted: true };
const SECRET: ReadOptions = { maxBytes: 4_096, trusted: true };

/**
 * The way to another host of the pool that is verified by the pool's own certificates, read anew each time. Pools before
 * XCP-ng 8.3 have none: then there is no way.
 */
export function createPoolTls({ bundlePath, secretPath, mask, port }: PoolTlsOptions): OpenMasterWay {
  return async (address) => {
    const [bundle, secret] = await Promise.all([
      readRegularFile(bundlePath, BUNDLE),
      readRegularFile(secretPath, SECRET),
    ]);
    if (bundle.kind !== "text") return noWay(`no certificates of the pool in ${bundlePath}`);
    const word = secret.kind === "text" ? secret.text.trim() : "";
    if (word === "") return noWay(`no pool secret in ${secretPath}`);
    try {
      const at = {
        address,
        bundle: bundle.text,
        mask,
        maskWhole: withoutAny(partsOf(word)),
        ...(port === undefined ? {} : { port }),
      };
      return { ok: true, value: { transport: createPoolTlsTransport(at), secret: word } };
    } catch (error) {
      return noWay(`${bundlePath}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

/** The secret is two random ids with a slash between, which JSON may write in more than one way. */
const partsOf = (secret: string): readonly string[] =>
  secret.split(/[^0-9A-Za-z-]+/).filter((part) => part !== "");

const withoutAny = (words: readonly string[]) => (text: string) =>
  words.reduce((left, word) => left.replaceAll(word, "***"), text);

const noWay = (detail: string): XapiResult<never> => ({ ok: false, fault: { kind: "unreachable", detail } });
