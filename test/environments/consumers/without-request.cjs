delete globalThis.Request;
