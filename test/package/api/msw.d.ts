import { HttpHandler } from "msw";
import { FakeProviders } from "./testing.js";
import "./index.js";
import "./issuer.js";
declare function createFakeHandlers(fakes?: FakeProviders): HttpHandler[];
export { createFakeHandlers };
