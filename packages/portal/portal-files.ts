const modules = [
  'api.js',
  'builds-view.js',
  'change-story.js',
  'copy.js',
  'element.js',
  'failure-note.js',
  'follow.js',
  'insights-view.js',
  'keep-at-it.js',
  'lines.js',
  'log-tail.js',
  'phase.js',
  'portal.js',
  'releases-view.js',
  'replicas-view.js',
  'rollback.js',
  'route.js',
  'section.js',
  'service-page.js',
  'services-page.js',
  'session.js',
  'sign-in-page.js',
  'source-page.js',
  'teams-page.js',
  'words.js',
];

/** Every file that is served: path → name in static/. Nothing else is ever read. */
export const portalFiles: Readonly<Record<string, string>> = {
  '/': 'index.html',
  ...Object.fromEntries(['portal.css', 'icon.svg', ...modules].map(file => [`/portal/${file}`, file])),
};

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

export const typeOf = (file: string): string =>
  types[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
