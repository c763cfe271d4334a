import { afterAll, beforeAll, test } from "bun:test";
import { join } from "node:path";
import { POOL_SECRET } from "../../../src/simulation/spec.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { until } from "../e2e/world/wait.ts";
import { Daemons } from "./daemons.ts";

/**
 * `npm run bench`: what the heartbeats of a pool cost the monitor of one host, the compiled program. The other hosts are one
 * process in a network of its own, which really sends what they would. Prints a table; judges nothing.
 */

const SIZES = [1, 16];
const MEASURED_MS = 20_000;
const SETTLING_MS = 10_000;
const PEERS = join(import.meta.dir, "peers.ts");

/** The networks of the pool, 10.77.0.0 and 10.78.0.0: this host at one end of a cable, all others at the other. */
const CABLE = `
ip link add here type veth peer name there netns "$1"
for net in 77 78; do
  ip addr add 10.$net.0.11/24 dev here
  for host in $(seq 2 "$2"); do nsenter -t "$1" -n ip addr add 10.$net.0.$((10 + host))/24 dev there; done
done
ip link set here up
nsenter -t "$1" -n ip link set there up
nsenter -t "$1" -n ip link set lo up`;

const folders = SIZES.map(() => new ScratchFolder("heartbeats"));
/** XAPI of this host, which its monitor asks over the loopback address whether it lives. */
let echo: Bun.Server<undefined>;

beforeAll(() => {
  echo = Bun.serve({
    hostname: "127.0.0.1",
    port: 80,
    fetch: async (request) => {
      const { id, params } = (await request.json()) as {
        readonly id: number;
        readonly params: readonly string[];
      };
      return Response.json({ jsonrpc: "2.0", id, result: params[0] });
    },
  });
  console.log("hosts  heartbeats/s  CPU of a core  monitor  watchdog  PSS MiB  monitor  watchdog  together");
});
afterAll(() => echo.stop(true));

for (const [index, hosts] of SIZES.entries()) {
  test(`the monitor among ${hosts} hosts`, async () => {
    const folder = folders[index];
    if (folder !== undefined) await measure(folder, hosts);
  }, 300_000);
}

async function measure(folder: ScratchFolder, hosts: number): Promise<void> {
  const peers = await startPeers(folder, hosts);
  const daemons = await Daemons.start(folder, { hosts, secondNetwork: true, ownAddresses: true });
  try {
    await until("every host heard over both networks", 30_000, () => daemons.openWays() === 2 * (hosts - 1));
    await Bun.sleep(SETTLING_MS);
    const before = daemons.work();
    const began = performance.now();
    await Bun.sleep(MEASURED_MS);
    const tookMs = performance.now() - began;
    const after = daemons.work();
    if (daemons.openWays() !== 2 * (hosts - 1)) throw new Error("Cannot measure: not every host is heard");
    const percent = (daemon: "monitor" | "watchdog") =>
      `${((100 * (after[daemon].self - before[daemon].self)) / tookMs).toFixed(2)} %`;
    const { monitor, watchdog } = daemons.memory();
    const mib = [monitor.pss, watchdog.pss, monitor.pss + watchdog.pss].map((kib) => (kib / 1024).toFixed(1));
    const cells = [percent("monitor").padStart(22), percent("watchdog").padStart(9)];
    console.log(
      [
        String(hosts).padStart(5),
        String(4 * (hosts - 1)).padStart(13),
        ...cells,
        mib[0]?.padStart(16),
        mib[1]?.padStart(9),
        mib[2]?.padStart(9),
      ].join(" "),
    );
  } finally {
    await daemons.stop();
    peers.kill("SIGKILL");
    await peers.exited;
  }
}

/** The other hosts; resolves when they can be reached. */
async function startPeers(folder: ScratchFolder, hosts: number): Promise<Bun.Subprocess> {
  const secret = folder.write("secret", POOL_SECRET, 0o600);
  const peers = Bun.spawn(["unshare", "--net", process.execPath, PEERS, String(hosts), secret], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  await until("a network of their own", 5_000, () => isApart(peers.pid));
  const cable = Bun.spawn(["sh", "-euc", CABLE, "cable", String(peers.pid), String(hosts)], {
    stderr: "inherit",
  });
  if ((await cable.exited) !== 0) throw new Error("Cannot lay the cable");
  await peers.stdout.getReader().read();
  return peers;
}

const networkOf = async (pid: number | "self") =>
  (await Bun.$`readlink /proc/${pid}/ns/net`.quiet().nothrow().text()).trim();

async function isApart(pid: number): Promise<boolean> {
  const there = await networkOf(pid);
  return there !== "" && there !== (await networkOf("self"));
}
