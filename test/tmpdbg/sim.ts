import { Datagrams } from "../../src/simulation/ports/datagrams.ts";
const orig = Datagrams.prototype.board;
Datagrams.prototype.board = function (host: number) {
  const board = orig.call(this, host);
  const world = (this as any).world;
  let last = "";
  return { publish: (h: any) => {
    const n = (u: any) => world.hosts.find((x: any) => x.uuid === u)?.number ?? "-";
    const g = h.group;
    const text = `${g.lead}${g.leader ? " h" + n(g.leader) : ""} m=${g.mandateUntilMs !== null} roll=${g.roll ? g.roll.hosts.map(n).join("") + "/M" + n(g.roll.master) + (g.roll.settled ? "" : "?") + (g.roll.ha?"":"off") : "-"} awaits=${g.awaited.map(n)} heard=${h.peers.map((p:any)=>n(p.host)+p.heard[0]+(p.own?p.own.role[0]+p.own.xapi.slice(0,3):""))}`;
    if (text !== last) { last = text; world.record("log", { host, severity: "GROUP", from: "g", text }); }
    return board.publish(h);
  } };
};
await import("../simulated/random/simulate.ts");
