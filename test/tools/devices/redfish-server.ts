import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Power, powerOf } from "./power.ts";
import type { Behaviour } from "./redfish/behaviour.ts";
import { type Certificate, makeCertificate, readCertificate, readTls } from "./redfish/certificate.ts";
import { checkHost, type Dials, dress, plainDials, refuse, showUuid } from "./redfish/dials.ts";
import * as resources from "./redfish/resources.ts";

export interface SimulatedSystem {
  readonly id: string;
  readonly uuid: string;
  readonly power: Power;
}

export interface RedfishServerOptions {
  readonly address: string;
  /** 0: one that nobody has. */
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly certificate: Certificate;
  readonly systems: readonly SimulatedSystem[];
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
}

const ENDLESS_PART = new Uint8Array(64 * 1024).fill(0x20);

/** The Redfish service of a server's controller, by DMTF's schema; `behaviour` and what it offers may be changed at any time. */
export class RedfishServer {
  behaviour: Behaviour = "right";
  says: resources.SystemView["says"] = "inline";
  resetTypes: readonly string[] = resources.RESET_TYPES;
  dials: Dials = plainDials();
  systems: readonly SimulatedSystem[];
  readonly seen: SeenRequest[] = [];
  private readonly options: RedfishServerOptions;
  private readonly server: Bun.Server<undefined>;
  /** How often it will still say that it is on its way. */
  private underWay = 0;

  constructor(options: RedfishServerOptions) {
    this.options = options;
    this.systems = options.systems;
    this.server = Bun.serve({
      hostname: options.address,
      port: options.port,
      tls: readTls(options.certificate),
      idleTimeout: 0,
      fetch: async (request) => dress(await this.answer(request), this.dials),
      // A host's controller that is dead does not answer.
      error: () => new Promise<Response>(() => undefined),
    });
  }

  get port(): number {
    return this.server.port ?? 0;
  }

  /** Whatever it was on its way to, it is there. */
  endTransition(): void {
    this.underWay = 0;
  }

  async stop(): Promise<void> {
    await this.server.stop(true);
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const authorization = request.headers.get("authorization");
    this.seen.push({ method: request.method, path: pathname, authorization });
    const odd =
      checkHost(this.dials, request) ?? refuse(this.dials, request.method) ?? this.misbehave(request);
    if (odd !== null) return await odd;
    // DMTF: the root is for everybody, and its path ends with a slash.
    if (pathname === "/redfish/v1")
      return new Response(null, { status: 308, headers: { Location: resources.ROOT } });
    if (pathname === resources.ROOT && !this.dials.closedRoot) return Response.json(resources.serviceRoot());
    if (!this.knows(authorization)) {
      const body = resources.errorBody("NoValidSession", "There is no valid session established.");
      return Response.json(body, { status: 401, headers: { "WWW-Authenticate": 'Basic realm="Redfish"' } });
    }
    if (pathname === resources.ROOT) return Response.json(resources.serviceRoot());
    return await this.answerKnown(request, pathname, Number(searchParams.get("page")));
  }

  private async answerKnown(request: Request, path: string, page: number): Promise<Response> {
    const ids = this.systems.map(({ id }) => id);
    if (path === resources.SYSTEMS)
      return Response.json(resources.systemCollection(ids, this.dials.collection, page));
    const system = this.systems.find(({ id }) => path.startsWith(`${resources.systemPath(id)}`));
    if (system !== undefined) {
      if (path === resources.systemPath(system.id)) return Response.json(await this.show(system));
      if (path === resources.resetInfoPath(system.id))
        return Response.json(resources.resetActionInfo(system.id, this.resetTypes));
      if (path === resources.resetPath(system.id) && request.method === "POST")
        return await this.reset(system, await request.json());
    }
    return Response.json(resources.errorBody("ResourceMissingAtURI", `${path} is not there.`), {
      status: 404,
    });
  }

  private knows(authorization: string | null): boolean {
    const { user, password } = this.options;
    return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  /** What it does instead of an answer. */
  private misbehave(request: Request): Response | Promise<Response> | null {
    const busy = () =>
      Response.json(resources.errorBody("ServiceTemporarilyUnavailable", "Retry in 1 seconds."), {
        status: 503,
      });
    switch (this.behaviour) {
      case "busy":
        return busy();
      case "hangs":
        return new Promise(() => undefined);
      case "garbage":
        return new Response("<html>It works!</html>");
      case "huge":
        return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(ENDLESS_PART) }));
      case "redirects-away":
        return new Response(null, { status: 302, headers: { Location: "https://192.0.2.99/redfish/v1/" } });
      case "moves-once":
        this.behaviour = "right";
        return new Response(null, { status: 308, headers: { Location: request.url } });
      case "moves-for-ever":
        return new Response(null, { status: 308, headers: { Location: new URL(request.url).pathname } });
      case "echoes": {
        const token = request.headers.get("authorization")?.replace("Basic ", "");
        if (token === undefined) return null;
        const said = `Bad login ${Buffer.from(token, "base64")} (${token})\n\x1b[31mred`;
        return Response.json(resources.errorBody("InternalError", said), { status: 500 });
      }
      default:
        return null;
    }
  }

  private async show({ id, uuid, power }: SimulatedSystem): Promise<object> {
    const powerState = this.underWay-- > 0 ? "PoweringOff" : (await power.isOn()) ? "On" : "Off";
    const shownUuid = showUuid(uuid, powerState, this.dials.identity);
    const view = { id, uuid: shownUuid, powerState, says: this.says, resetTypes: this.resetTypes };
    const host = this.behaviour === "foreign-target" ? "https://192.0.2.99" : "";
    const shown = resources.computerSystem({ ...view, target: `${host}${resources.resetPath(id)}` });
    return this.behaviour === "no-power-state" ? { ...shown, PowerState: undefined } : shown;
  }

  private async reset(system: SimulatedSystem, order: unknown): Promise<Response> {
    const type = (order as { ResetType?: unknown }).ResetType;
    if (typeof type !== "string" || !this.resetTypes.includes(type) || this.behaviour === "refuses-orders") {
      const message = `The value ${type} for the parameter ResetType is not acceptable.`;
      return Response.json(resources.errorBody("ActionParameterNotSupported", message), { status: 400 });
    }
    if (this.behaviour === "stays-powering-off") this.underWay = Number.POSITIVE_INFINITY;
    else if (this.behaviour === "slow-to-switch") this.underWay = 2;
    if (this.behaviour !== "stays-powering-off" && this.behaviour !== "does-nothing")
      await system.power.set(type !== "ForceOff");
    return this.behaviour === "does-nothing" ? Response.json({}) : new Response(null, { status: 204 });
  }
}

/**
 * As a program: `redfish-server.ts --folder … --address … --user … --system <Id>,<UUID>,<power>…`, the password in
 * DEVICE_PASSWORD; until SIGTERM.
 */
function main(): void {
  const text = { type: "string", default: "" } as const;
  const { values } = parseArgs({
    options: {
      ...{ folder: text, address: text, port: { type: "string", default: "443" }, user: text },
      system: { type: "string", multiple: true, default: [] },
    },
  });
  const systems = values.system.map((word) => {
    const [id = "", uuid = "", power = ""] = word.split(",");
    return { id, uuid, power: powerOf(power) };
  });
  // A controller that comes up again has the certificate it had.
  const certificate = existsSync(join(values.folder, "redfish.crt"))
    ? readCertificate(values.folder, "redfish")
    : makeCertificate(values.folder, "redfish", values.address);
  const password = process.env["DEVICE_PASSWORD"] ?? "";
  const { address, user } = values;
  const server = new RedfishServer({
    address,
    port: Number(values.port),
    user,
    password,
    certificate,
    systems,
  });
  process.once("SIGTERM", () => void server.stop());
  console.log("up");
}

if (import.meta.main) main();
