/**
 * The endpoint from which an app fetches a token for its user.
 *
 * @module tokenwright/endpoint
 */
export { createTokenEndpoint } from './endpoint.js';
export {
  type NodeContext,
  type NodeHandlerOptions,
  type NodeRequest,
  type NodeResponse,
  toNodeHandler,
} from './node.js';
export type {
  Authorization,
  TokenEndpoint,
  TokenEndpointOptions,
  TokenEndpointOutcome,
  TokenEndpointRecord,
  TokenSource,
} from './types.js';
