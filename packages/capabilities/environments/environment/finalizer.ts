/** Keeps an environment until nothing of it is left. */
export const environmentFinalizer = 'causeway.dev/environment';
