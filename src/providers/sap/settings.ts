/** Identity and id of the one settings object of an instance. */
export const SETTINGS_ID = 'globalParameters';

/** The service's default and maximum, in seconds: seven days. */
export const LONGEST_ASYNC_TIMEOUT = 604_800;
