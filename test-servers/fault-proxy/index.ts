export {
  type HttpFault,
  type HttpFaultProxy,
  type ProxiedRequest,
  startHttpFaultProxy,
} from "./http-faults.ts";
export { startTcpFaultProxy, type TcpFault, type TcpFaultProxy } from "./tcp-faults.ts";
