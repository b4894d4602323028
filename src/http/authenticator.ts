export type Headers = Readonly<Record<string, string>>;

/** What a client asks for the headers that say who is asking. Calls may overlap. */
export interface Authenticator {
  /** Headers for the next request; fetches a token when there is none. */
  authorize(): Promise<Headers>;
  /**
   * The service answered 401 to these headers. True when `authorize` will now give others: a new token, or one that
   * somebody else fetched in the meantime. False when there are no others (a fixed password or token).
   */
  invalidate(refused: Headers): boolean;
  /** Reads the credentials again from where they come from. True when there are others now. */
  reload(refused: Headers): Promise<boolean>;
}

/** For hosts that need no credentials, and for headers that never change. */
export function fixedHeaders(headers: Headers = {}): Authenticator {
  return {
    authorize: async () => headers,
    invalidate: () => false,
    reload: async () => false,
  };
}
