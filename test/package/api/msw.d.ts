import { HttpHandler } from "msw";
import { FakeProviders } from "./testing.cjs";
import "./index.cjs";
import "./issuer.cjs";
declare function createFakeHandlers(fakes?: FakeProviders): HttpHandler[];
export { createFakeHandlers };
