import { expect, test } from "bun:test";
import { Board } from "../../../../src/core/placement/board.ts";
import { search } from "../../../../src/core/placement/search.ts";
import { needy, roomy } from "./pools.ts";

/** Filling in turn puts `a` on the emptier host 1, where `large` has its only place. */
const VMS = [needy("a", 100), needy("b", 100), needy("large", 400)];
const HOSTS = [roomy(1, 450), roomy(2, 250)];

test("without a step of searching one VM makes way for another one", () => {
  const board = new Board([needy("a", 100), needy("large", 400)], HOSTS);
  search(board, [[0, 1], [0]], 0);
  expect(board.at).toEqual([1, 0]);
});

test("with some, two do", () => {
  const board = new Board(VMS, HOSTS);
  search(board, [[0, 1], [0, 1], [0]], 100);
  expect(board.at).toEqual([1, 1, 0]);
});

test("what has no place is left out, and nothing that could be placed", () => {
  const board = new Board([needy("a", 100), needy("b", 100)], [roomy(1, 150)]);
  search(board, [[0], [0]], 100);
  expect(board.at).toEqual([0, -1]);
});
