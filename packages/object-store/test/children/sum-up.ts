/** Prints what the file adds up to whose path and size it is given. */
import { openSync } from "node:fs";
import { sumParts } from "../../src/staging/part-sums.ts";

const [path, size] = process.argv.slice(2);
const file = openSync(path!, "r");
const sums = await sumParts({ file, size: Number(size), partSize: 32 * 1024 * 1024, algorithm: "crc32" });
console.log(JSON.stringify(sums));
