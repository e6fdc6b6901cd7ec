/** What S3 answers when it refuses: a status, and a code that clients go by. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly status: number;
  readonly code: string;
  /** A client that keeps to the protocol never causes it: the test that did shall fail. */
  readonly violation: boolean;

  constructor(status: number, code: string, message: string, options: { violation?: boolean } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.violation = options.violation ?? false;
  }
}

/** The error for a request that no correct client sends. */
export function violation(code: string, message: string, status = 400): S3Error {
  return new S3Error(status, code, message, { violation: true });
}
