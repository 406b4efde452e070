for (const name of ['fetch', 'Request', 'Response', 'Headers', 'TextDecoder', 'TextEncoder', 'ReadableStream'])
  delete globalThis[name];
