import {
  type GraphQLError,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  execute,
  parse,
  validate,
} from "graphql";
import { checkKey } from "./authorization.ts";
import { type Answer, type Endpoint, type Outcome, type Received, Refusal, json } from "./exchange.ts";
import { buildWandbSchema } from "./schema.ts";
import type { Violations } from "./violations.ts";

/** What every resolver is given beside its arguments. */
export interface CallContext {
  readonly request: Received;
  /** Work for the moment when the client has got the answer. */
  readonly whenDelivered: (() => void)[];
}

/** What {@link GraphqlEndpoint} needs. */
export interface GraphqlOptions {
  /** Functions by the names of the fields of Query and Mutation. */
  readonly resolvers: object;
  readonly violations: Violations;
  readonly apiKey: string;
  /** Fields of Query and Mutation that this server is too old for: asking for them breaks no rule. */
  readonly lacks: readonly string[];
}

interface Body {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** `POST /graphql`. */
export class GraphqlEndpoint implements Endpoint {
  readonly #options: GraphqlOptions;
  readonly #schema = buildWandbSchema();
  readonly #contexts = new WeakMap<Received, CallContext>();

  constructor(options: GraphqlOptions) {
    this.#options = options;
  }

  async answer(request: Received): Promise<Answer> {
    const { violations, apiKey, resolvers } = this.#options;
    checkKey(request, apiKey, violations);
    if (request.headers["content-type"]?.startsWith("application/json") !== true) {
      violations.add("A3", request.call, `Content-Type is ${request.headers["content-type"]}`);
    }
    const { query, variables, operationName } = this.#read(request);
    const problem = this.#problemOf(query, operationName, request);
    if (problem !== undefined) return json({ errors: [{ message: problem }] }, 400);
    const context: CallContext = { request, whenDelivered: [] };
    this.#contexts.set(request, context);
    const result = await execute({
      schema: this.#schema,
      document: parse(query),
      rootValue: resolvers,
      contextValue: context,
      variableValues: variables ?? {},
    });
    const { errors } = result;
    if (errors === undefined || errors.length === 0) return json(result);
    if (result.data === undefined) {
      violations.add("G1", request.call, messagesOf(errors));
      return json({ errors: errors.map(toJson) }, 400);
    }
    const refused = errors.map(({ cause }) => cause).find((error) => error instanceof Refusal);
    return json({ data: result.data, errors: errors.map(toJson) }, refused?.status ?? 500);
  }

  settled(request: Received, { delivered, status }: Outcome): void {
    if (!delivered || status !== 200) return;
    for (const work of this.#contexts.get(request)?.whenDelivered ?? []) work();
  }

  #read(request: Received): Body {
    try {
      const body = JSON.parse(request.body.toString()) as Partial<Body>;
      if (typeof body.query === "string") return body as Body;
    } catch {
      // The answer is the same.
    }
    this.#options.violations.add("G1", request.call, "the body is no JSON object with a query");
    throw new Refusal(400, "the body must be JSON with a query");
  }

  #problemOf(query: string, operationName: string | null | undefined, request: Received): string | undefined {
    const { violations } = this.#options;
    let document;
    try {
      document = parse(query);
    } catch (error) {
      violations.add("G1", request.call, String(error));
      return String(error);
    }
    const operations = document.definitions.filter(({ kind }) => kind === "OperationDefinition");
    const name = (operations[0] as OperationDefinitionNode | undefined)?.name?.value;
    // An empty name is none: Python's client sends one.
    if (operations.length !== 1 || name === undefined || (operationName || name) !== name) {
      const problem = `there must be one operation and its name: ${operations.length} ${name} ${operationName}`;
      violations.add("G1", request.call, problem);
      return problem;
    }
    const errors = validate(this.#schema, document);
    const missing = this.#options.lacks.filter((field) => new RegExp(`\\b${field}\\b`).test(query));
    if (missing.length > 0) return `Cannot query field "${missing[0]}"`;
    for (const { message } of errors) {
      violations.add(/Cannot query field|Unknown/.test(message) ? "G2" : "G1", request.call, message);
    }
    return errors.length === 0 ? undefined : messagesOf(errors);
  }
}

/** The name of the operation that a body asks for, as faults name calls. */
export function operationOf(body: Buffer): string {
  try {
    const { operationName, query } = JSON.parse(body.toString()) as Body;
    return operationName || /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] || "graphql";
  } catch {
    return "graphql";
  }
}

function messagesOf(errors: readonly GraphQLError[]): string {
  return errors.map(({ message }) => message).join("; ");
}

function toJson(error: GraphQLError): GraphQLFormattedError {
  return error.toJSON();
}
