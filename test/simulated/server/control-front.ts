import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { killDomain } from "../../../src/simulation/control.ts";
import { type Order, obey } from "../../../src/simulation/verbs.ts";
import type { World } from "../../../src/simulation/world.ts";
import { takePoolConf } from "./host-files.ts";
import { truth } from "./truth.ts";

/** The control socket: the truth, the log, a host's domains and files, and orders to the world. */
export async function openControl(world: World, path: string): Promise<Server> {
  const server = createServer((request, response) => {
    void route(world, request).then(
      (answer) => reply(response, 200, answer),
      (error: unknown) => reply(response, 400, `${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return server;
}

async function route(world: World, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? "/", "http://control");
  const [, what, number, uuid] = url.pathname.split("/");
  const host = () => world.host(Number(number));
  const key = `${request.method} /${what}`;
  switch (key) {
    case "GET /truth":
      return truth(world);
    case "GET /log":
      return world.log.slice(Number(url.searchParams.get("since") ?? 0));
    case "GET /domains":
      return [...host().domains.keys()].map((domain) => `${domain}\n`).join("");
    case "POST /destroy":
      if (!killDomain(world, host(), uuid ?? "", "destroyed"))
        throw new Error(`Cannot destroy ${uuid}: no such domain`);
      return "";
    case "GET /poolconf":
      return host().poolConf;
    case "GET /cookie":
      return host().initComplete ? "present\n" : "absent\n";
    case "POST /do":
      order(world, JSON.parse(await text(request)) as Order);
      return {};
    default:
      throw new Error(`Cannot ${key}: no such thing`);
  }
}

function order(world: World, given: Order): void {
  const host = world.hosts.find(({ number }) => number === given["host"]);
  if (host?.xapi === null) takePoolConf(host);
  obey(world, given);
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, status: number, answer: unknown): void {
  const json = typeof answer !== "string";
  response.writeHead(status, { "content-type": json ? "application/json" : "text/plain" });
  response.end(json ? JSON.stringify(answer) : answer);
}
