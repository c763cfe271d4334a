import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/**
 * The front of a host's xapi: ports 80 (plain) and 443 (TLS) of the network it runs in, handed through to the unix
 * socket of the simulated xapi. One process per host, so that its connections end when the host's power is cut.
 */
function passThrough(front: Socket, socketPath: string): void {
  const back = connect(socketPath);
  front.pipe(back);
  back.pipe(front);
  front.on("error", () => back.destroy());
  back.on("error", () => front.destroy());
  front.on("close", () => back.destroy());
  back.on("close", () => front.destroy());
}

const [socketPath, keyFile, certificateFile] = process.argv.slice(2);
if (socketPath === undefined || keyFile === undefined || certificateFile === undefined) {
  throw new Error("usage: relay.ts <unix socket> <key> <certificate>");
}
createServer((front) => passThrough(front, socketPath)).listen(80);
createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, (front) =>
  passThrough(front, socketPath),
).listen(443);
