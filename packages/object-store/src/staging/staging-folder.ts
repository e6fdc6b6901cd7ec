import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UploadError } from "../upload-error.ts";
import { isSession, lifeOf, ownName, ownerOf } from "./owner.ts";
import { Session } from "./session.ts";

/** For how long the heart of a process on another machine, or in another container, may stand still, in ms. */
export const DEAD_AFTER = 120_000;

const STORE_FILE = "store.json";

/** Where the files that one store shall get are staged, by however many processes. */
export class StagingFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** The folder for the store at `uri` below `root`. @throws the errors of `node:fs` */
  static async make(root: string, uri: string): Promise<StagingFolder> {
    const words = uri.replace(/[^a-z0-9]+/gi, "-").slice(-40);
    const digest = createHash("sha256").update(uri).digest("hex").slice(0, 8);
    const path = join(root, `${words}${words.endsWith("-") ? "" : "-"}${digest}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, STORE_FILE), `${JSON.stringify({ v: 1, uri })}\n`);
    return new StagingFolder(path);
  }

  /** A folder that is there, for the store at `uri`. @throws UploadError `STAGING_OF_OTHER_STORE` */
  static async open(path: string, uri: string): Promise<StagingFolder> {
    const other = await storeOf(path);
    if (other === uri) return new StagingFolder(path);
    throw new UploadError("STAGING_OF_OTHER_STORE", `${path} holds uploads for ${other}, not for ${uri}`);
  }

  newSession(): Promise<Session> {
    return Session.make(join(this.path, ownName()));
  }

  /**
   * Takes over what processes that have ended left undone.
   *
   * @param own - By whose beat the time of the file system is known.
   */
  async takeOver(own: Session): Promise<TakenOver> {
    const sessions: Session[] = [];
    let isUndecided = false;
    for (const name of await sessionsIn(this.path)) {
      const state = await this.#stateOf(name, own);
      isUndecided ||= state === "unknown";
      if (state !== "abandoned") continue;
      const path = join(this.path, ownName());
      // Whoever renames it first has it.
      const won = await rename(join(this.path, name), path).then(
        () => true,
        () => false,
      );
      if (won) sessions.push(await Session.takeOver(path));
    }
    return { sessions, isUndecided };
  }

  async #stateOf(name: string, own: Session): Promise<"alive" | "abandoned" | "unknown"> {
    const owner = ownerOf(name);
    const life = owner === undefined ? "dead" : lifeOf(owner);
    if (life === "unknown") return (await this.#stoodStill(name, own)) ? "abandoned" : "unknown";
    return life === "dead" ? "abandoned" : "alive";
  }

  async #stoodStill(name: string, own: Session): Promise<boolean> {
    await own.beat();
    const [now, last] = await Promise.all([own.path, join(this.path, name)].map(Session.lastBeat));
    return last !== undefined && now! - last > DEAD_AFTER;
  }
}

/** What {@link StagingFolder.takeOver} found. */
export interface TakenOver {
  readonly sessions: readonly Session[];
  /** There are others of which cannot be said as yet whether somebody works on them: ask again after {@link DEAD_AFTER}. */
  readonly isUndecided: boolean;
}

/** Uploads that a staging folder holds for one store. */
export interface WaitingUploads {
  /** What {@link finishUploads} takes. */
  readonly folder: string;
  /** Of the store that they are for. */
  readonly uri: string;
}

/** The stores that the folders in and below `folder` hold uploads for. */
export async function findUploads(folder: string): Promise<WaitingUploads[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  const folders = names.includes(STORE_FILE) ? [folder] : names.map((name) => join(folder, name));
  const found: WaitingUploads[] = [];
  for (const path of folders) {
    const uri = await storeOf(path).catch(() => undefined);
    if (uri !== undefined && (await sessionsIn(path)).length > 0) found.push({ folder: path, uri });
  }
  return found;
}

async function sessionsIn(path: string): Promise<string[]> {
  return (await readdir(path)).filter(isSession);
}

async function storeOf(path: string): Promise<string> {
  const { uri } = JSON.parse(await readFile(join(path, STORE_FILE), "utf8")) as { uri: string };
  return uri;
}
