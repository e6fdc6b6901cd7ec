export { AnswerError, type Answers, checkPackageName } from "./answers.ts";
export { scaffold } from "./scaffold.ts";
