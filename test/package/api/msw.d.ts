import { HttpHandler } from "msw";
import { FakeProviders } from "./testing.cjs";
import "./index-HASH.cjs";
import "./issuer-HASH.cjs";
import "./rate-limit-HASH.cjs";
declare function createFakeHandlers(fakes?: FakeProviders): HttpHandler[];
export { createFakeHandlers };
