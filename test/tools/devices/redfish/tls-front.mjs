/**
 * The TLS of an old controller before a service: tls-front.mjs <folder with redfish.key, redfish.crt> <port of the service>
 * <options of tls.createServer>. Says its own port, and ends with its standard input. Node runs it, too: its library has
 * cipher suites that Bun's has not.
 */
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:tls";

const [, , folder, port, options] = process.argv;
const quiet = () => undefined;
const server = createServer(
  {
    key: readFileSync(`${folder}/redfish.key`),
    cert: readFileSync(`${folder}/redfish.crt`),
    ...JSON.parse(options),
  },
  (front) => {
    const back = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
    front.on("error", quiet);
    back.on("error", quiet);
    front.pipe(back);
    back.pipe(front);
  },
);
server.on("tlsClientError", quiet);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
