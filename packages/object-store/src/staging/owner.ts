import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Who works on a folder, written as its name, so that taking it over is one `rename`, which only one
 * can win: machine, boot, process and when that process began (numbers of processes come again).
 */
export interface Owner {
  readonly machine: string;
  readonly boot: string;
  readonly pid: number;
  /** `"0"` where the system does not say. */
  readonly started: string;
}

/** A name for a folder of this process, like no other. */
export function ownName(): string {
  const { machine, boot, pid, started } = thisOwner();
  return [machine, boot, pid, started, randomBytes(6).toString("hex")].join("-");
}

/** A name for a folder that is nobody's. */
export function freeName(): string {
  return `free-${randomBytes(6).toString("hex")}`;
}

/** Undefined for a folder that is nobody's. */
export function ownerOf(folderName: string): Owner | undefined {
  const parts = /^([0-9a-f]+)-([0-9a-f]+)-(\d+)-(\d+)-[0-9a-f]+$/.exec(folderName);
  if (parts === null) return undefined;
  return { machine: parts[1]!, boot: parts[2]!, pid: Number(parts[3]), started: parts[4]! };
}

/** Whether a folder of that name is one of uploads. */
export function isSession(folderName: string): boolean {
  return folderName.startsWith("free-") || ownerOf(folderName) !== undefined;
}

/** `"unknown"` if that is another machine's process, of which only its heart can tell. */
export function lifeOf(owner: Owner): "alive" | "dead" | "unknown" {
  const self = thisOwner();
  if (owner.machine !== self.machine) return "unknown";
  if (owner.boot !== self.boot) return "dead";
  if (owner.pid === self.pid && owner.started === self.started) return "alive";
  if (owner.started !== "0") return startOf(owner.pid) === owner.started ? "alive" : "dead";
  try {
    process.kill(owner.pid, 0);
    return "unknown";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "unknown" : "dead";
  }
}

let self: Owner | undefined;

function thisOwner(): Owner {
  self ??= {
    // Containers of one machine may share a folder and number their processes alike.
    machine: digest(hostname() + read(() => readlinkSync("/proc/self/ns/pid"))),
    boot: digest(read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"))),
    pid: process.pid,
    started: startOf(process.pid),
  };
  return self;
}

/** When a process began, in ticks since boot. */
function startOf(pid: number): string {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name of the program may have spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // One that has ended and is only kept for its parent works on nothing.
  if (fields[0] === "Z" || fields[0] === "X") return "0";
  return fields[19] ?? "0";
}

function read(from: () => string): string {
  try {
    return from();
  } catch {
    return "";
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
