import { expect, test } from "bun:test";
import { whyNowhere } from "../../../../src/core/placement/why-nowhere.ts";
import { host } from "../fixtures.ts";

const nameOf = (uuid: string) => uuid;

test("hosts with the same obstacle together, the excluded ones last", () => {
  const obstacles = [
    { host: host(1), kind: "storage", missing: "nfs" } as const,
    { host: host(2), kind: "memory" } as const,
    { host: host(3), kind: "storage", missing: "nfs" } as const,
    { host: host(4), kind: "network", missing: "dmz" } as const,
    { host: host(5), kind: "cpus" } as const,
    { host: host(6), kind: "taken" } as const,
  ];
  expect(whyNowhere(obstacles, [{ host: host(7), why: "disabled" }], nameOf)).toBe(
    'h1 and h3 without its storage "nfs"; h2 with too little free memory; h4 without its network "dmz"; ' +
      "h5 with too few processors; h6 with memory only for VMs that go before it; h7 disabled",
  );
});

test("many hosts are counted, and a pool of one host has no other", () => {
  const obstacles = [1, 2, 3, 4, 5, 6, 7].map((number) => ({ host: host(number), kind: "memory" }) as const);
  expect(whyNowhere(obstacles, [], nameOf)).toBe("h1, h2, h3, h4 and 3 others with too little free memory");
  expect(whyNowhere([], [], nameOf)).toBe("there is no other host");
});
