import { readBody, UNCOMPRESSED } from "./read-body.ts";
import type { PostJson } from "./two-ports.ts";

/** An echo, or an error with a few names in it. Whoever says more is no xapi that answers us. */
const LONGEST_ANSWER = 64 * 1024;

/**
 * POST to another host of the pool. Certificates are not checked: XAPI's are self-signed, nothing secret is sent, and
 * the answer proves itself. Each question has a connection of its own: an old one that broke would look like silence.
 */
export const postJsonOverHttp: PostJson = async (url, body, signal) => {
  const response = await fetch(url, {
    method: "POST",
    ...UNCOMPRESSED,
    headers: {
      ...UNCOMPRESSED.headers,
      "Content-Type": "application/json",
      // XAPI may enter a caller with a name into its database, for which a slave needs its master
      // (adapters/xapi/README.md, "Who answers a call").
      "User-Agent": "",
      Connection: "close",
    },
    body,
    signal,
    keepalive: false,
    redirect: "manual",
    tls: { rejectUnauthorized: false },
  });
  return { status: response.status, text: await readBody(response, LONGEST_ANSWER) };
};
