/**
 * Of a module that is loaded on demand, the bundle keeps the names only where it is an ES module; this makes one of the
 * library.
 */
export { stringify } from 'yaml'
