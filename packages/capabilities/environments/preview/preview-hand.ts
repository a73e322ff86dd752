/** Where the actor works from that makes previews for people. */
export const previewHand = 'controller/preview';
