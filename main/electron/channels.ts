// The two channels between page and main process: one pair for everything, so that the preload stays constant and what
// may be called is decided where the schemas are (STYLE 3.1).

/** The page calls a method of the contract: (method, input) → Reply. */
export const invokeChannel = 'app:invoke';
/** Main tells the page an engine event. */
export const eventChannel = 'app:event';
