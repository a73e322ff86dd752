export { createPortalHandler } from './portal-handler.ts';
