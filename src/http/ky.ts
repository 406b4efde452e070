// A module of its own, so that bundlers and runtimes load ky when a call is first repeated, and not at the start.
export { default as ky } from 'ky';
