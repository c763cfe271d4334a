/** How the management controllers of the hosts behave: a dead one answers with a fault, a silent one not at all. */
export type ControllerState = "up" | "dead" | "silent";

/** What a power controller can do to the hosts; numbers from 1. */
export interface PowerSwitch {
  isOn(host: number): boolean;
  switchOff(host: number): Promise<void>;
  switchOn(host: number): Promise<void>;
  /** Its watchdog has fired. */
  fired?(host: number): Promise<void>;
}

/**
 * The management controllers of all hosts behind one unix socket, which every host sees: `GET /power/<uuid>` answers
 * `on` or `off`, and so does `GET /status/<uuid>`, which is no part of a fence attempt; `POST /power/<uuid>/<on|off>` orders, `POST /reset/<number>` is a host's own reset button, `POST /fired/<number>` its hypervisor's watchdog.
 */
export class PowerController {
  private readonly states = new Map<number, ControllerState>();
  private readonly server: Bun.Server<undefined>;
  private readonly silence = new Promise<never>(() => undefined);
  /** Hosts whose power was asked for or ordered: each fence attempt leaves its trace here. */
  readonly asked: number[] = [];

  constructor(socketPath: string, uuids: readonly string[], power: PowerSwitch) {
    this.server = Bun.serve({
      unix: socketPath,
      fetch: async (request, server) => {
        const [, what, whom = "", order] = new URL(request.url).pathname.split("/");
        if (what === "reset") return await this.reset(Number(whom), power);
        if (what === "fired") {
          await power.fired?.(Number(whom));
          return new Response("done");
        }
        const host = uuids.indexOf(whom) + 1;
        if ((what !== "power" && what !== "status") || host === 0)
          return new Response("no such host", { status: 404 });
        if (what === "power") this.asked.push(host);
        if (this.states.get(host) === "dead") return new Response("dead", { status: 503 });
        if (this.states.get(host) === "silent") {
          server.timeout(request, 0);
          await this.silence;
        }
        if (request.method === "GET") return new Response(power.isOn(host) ? "on" : "off");
        if (order !== "on" && order !== "off") return new Response("no such order", { status: 400 });
        await (order === "on" ? power.switchOn(host) : power.switchOff(host));
        return new Response("done");
      },
    });
  }

  setState(host: number, state: ControllerState): void {
    this.states.set(host, state);
  }

  private async reset(host: number, power: PowerSwitch): Promise<Response> {
    await power.switchOff(host);
    await power.switchOn(host);
    return new Response("done");
  }

  async stop(): Promise<void> {
    await this.server.stop(true);
  }
}
