import { randomUUID } from "node:crypto";
import { type Answer, type Endpoint, type Outcome, type Received, Refusal } from "./exchange.ts";
import type { Violations } from "./violations.ts";

/** What a signed URL for PUT is for. */
export interface UploadTarget {
  /** How violations name it. */
  readonly name: string;
  /** Must come back, each one. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL is being used, whatever comes of it. */
  arrived?(): void;
  store(bytes: Buffer): void;
  /** The client knows that the bytes have arrived. */
  acknowledge?(bytes: Buffer): void;
}

interface SignedUpload extends UploadTarget {
  state: "fresh" | "used" | "expired";
}

/** The place that signed URLs point to: another host than that of the API, as in the cloud. */
export class Storage implements Endpoint {
  readonly #violations: Violations;
  readonly #uploads = new Map<string, SignedUpload>();
  readonly #downloads = new Map<string, () => Buffer>();
  /** Where URLs begin; known once the server listens. */
  origin = "";

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A URL for one PUT. */
  signUpload(target: UploadTarget): string {
    const path = `/put/${randomUUID()}?X-Signature=${randomUUID()}`;
    this.#uploads.set(path, { ...target, state: "fresh" });
    return this.origin + path;
  }

  /** A URL for GET. */
  signDownload(read: () => Buffer): string {
    const path = `/get/${randomUUID()}?X-Signature=${randomUUID()}`;
    this.#downloads.set(path, read);
    return this.origin + path;
  }

  /** All headers that a target wants, in the form in which W&B hands them out. */
  static headerLines(headers: Readonly<Record<string, string>>): string[] {
    return Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  }

  arrived({ target }: Received): void {
    this.#uploads.get(target)?.arrived?.();
  }

  answer(request: Received): Answer {
    for (const name of ["authorization", "cookie"]) {
      if (request.headers[name] !== undefined) {
        this.#violations.add("A2", request.call, `${name} was sent to a signed URL`);
      }
    }
    const read = this.#downloads.get(request.target);
    if (request.method === "GET" && read !== undefined) return { status: 200, body: read() };
    const upload = this.#uploads.get(request.target);
    if (request.method !== "PUT" || upload === undefined) throw new Refusal(404, "no such object");
    if (upload.state !== "fresh") {
      this.#violations.add(
        "U3",
        request.call,
        `the URL of ${upload.name} is ${upload.state}, and used again`,
      );
      throw new Refusal(403, "request has expired");
    }
    this.#checkHeaders(request, upload);
    upload.store(request.body);
    return { status: 200, body: "" };
  }

  settled(request: Received, { delivered, status }: Outcome): void {
    const upload = this.#uploads.get(request.target);
    if (upload === undefined || !delivered || request.method !== "PUT") return;
    if (status === 403) upload.state = "expired";
    if (status === 200 && upload.state === "fresh") {
      upload.state = "used";
      upload.acknowledge?.(request.body);
    }
  }

  #checkHeaders({ headers, body, call }: Received, { name, headers: wanted }: SignedUpload): void {
    for (const [header, value] of Object.entries(wanted)) {
      const sent = headers[header.toLowerCase()];
      this.#violations.check(
        sent === value,
        "U2",
        call,
        () => `${name}: ${header} is ${String(sent)}, not ${value}`,
      );
    }
    const length = headers["content-length"];
    const isChunked = headers["transfer-encoding"] !== undefined;
    this.#violations.check(
      !isChunked && length === String(body.length),
      "U2",
      call,
      () => `${name}: Content-Length is ${length} for ${body.length} bytes${isChunked ? ", chunked" : ""}`,
    );
  }
}
