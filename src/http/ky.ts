// A separate module, so that ky is loaded at the first retry, and not at startup.
export { default as ky } from 'ky';
