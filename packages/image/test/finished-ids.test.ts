import { expect, test } from "vitest";
import { FinishedIds } from "../src/finished-ids.ts";

test("ids are taken once each, in their order, through shared memory", () => {
  const reader = new FinishedIds();
  const writer = new FinishedIds(reader.memory);
  expect([...reader.take()]).toEqual([]);
  for (const id of [3, 1, 2]) writer.add(id);
  expect([...reader.take()]).toEqual([3, 1, 2]);
  writer.add(4);
  expect([...reader.take()]).toEqual([4]);
});

test("who reads too late gets the last of them", () => {
  const ids = new FinishedIds();
  for (let id = 0; id < 3000; id++) ids.add(id);
  const taken = [...ids.take()];
  expect(taken).toHaveLength(1024);
  expect(taken[0]).toBe(1976);
  expect(taken.at(-1)).toBe(2999);
});
