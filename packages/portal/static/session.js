const key = 'causeway.token';

/** What an HTTP header can carry, and no more than a token can be. @param {string | null} text */
export const tokenIn = text => (/^[\x21-\x7e]{1,4096}$/.test(text?.trim() ?? '') ? text?.trim() : undefined);

/**
 * The token that `platform open` hands over: `#token=…`, percent-encoded.
 * @param {string} hash
 * @returns {string | undefined}
 */
export const handedOver = hash => {
  try {
    return tokenIn(decodeURIComponent(/^#token=(.*)$/.exec(hash)?.[1] ?? ''));
  } catch {
    return undefined;
  }
};

/** The token of this tab. It is kept nowhere else and ends with the tab. */
export const session = {
  /** Takes a token out of the address bar, before anything can read, copy or bookmark it. */
  takeFromAddress() {
    if (!location.hash.startsWith('#token=')) return false;
    const token = handedOver(location.hash);
    history.replaceState(null, '', '/');
    if (token) session.begin(token);
    return true;
  },
  get token() {
    return tokenIn(sessionStorage.getItem(key));
  },
  /** @param {string} token */
  begin: token => sessionStorage.setItem(key, token),
  end: () => sessionStorage.removeItem(key),
};
