// The package as a whole brings a browser's worth of code (fetch, web sockets, caches, mocks) and takes three times as
// long to load as the connections that are used here. Its files have no types.
declare module 'undici/lib/dispatcher/pool.js' {
  // biome-ignore lint/style/noDefaultExport: that is how the file exports it
  export { Pool as default } from 'undici';
}
